"""The command screen over lakes instead of a ledger: which engine, with how much memory, over which lakes."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import msgspec
import typer

from casework.kept_models import NONE
from casework.lake_screening import LakeScreened, queries_asked, screen_lakes
from domain.errors import Malformed, NotFound
from mingzhang.console import say, steps, write_line
from projections.lake.reading import open_lakes
from projections.memory import machine_mb, memory_mb
from risk.catalogue.rule import load
from risk.engines.lake_duckdb import DuckDBLake
from risk.engines.world import LakeEngine, default_day

ENGINES = ("duckdb", "spark")


class LakeWanted(msgspec.Struct, frozen=True):
    """What is asked of a screening over lakes."""

    lakes: str
    """Folders with a comma between."""
    engine: str
    out: Path
    as_of: date | None
    memory: str | None
    rows: int
    threads: int | None
    master: str
    model: str | None
    """None: one is trained on each county and judges it; NONE: none."""


def refuse_beside_lake(given: Mapping[str, object]) -> None:
    """Raise Malformed where an option that needs a ledger was given beside --lake; `--model none` needs none."""
    needing = {name: value for name, value in given.items() if (name, value) != ("--model", NONE)}
    named = "、".join(name for name, value in needing.items() if value not in (None, ""))
    if named:
        raise Malformed(f"{named} 不能与 --lake 同用", f"{named}: not together with --lake, which has no ledger")


def screen_lake(wanted: LakeWanted) -> None:
    """Screen the lakes, say how it went, and end with 1 where a rule failed."""
    lakes = open_lakes([Path(part) for part in wanted.lakes.split(",") if part.strip()])
    rules = tuple(rule for rule in load().rules if rule.card.status == "active")
    with tempfile.TemporaryDirectory(prefix=".scratch-", dir=_existing(wanted.out)) as scratch, steps() as shown:
        with_model = wanted.model != NONE
        engine = _engine(wanted, queries_asked(rules, with_model=with_model), Path(scratch))
        as_of = wanted.as_of or default_day(lakes)
        screened = screen_lakes(lakes, engine, rules, as_of, wanted.out, shown.step, with_model=with_model)
    _tell(screened)
    write_line(str(wanted.out))
    if screened.failed:
        raise typer.Exit(1)


def _existing(out: Path) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    return out


def _engine(wanted: LakeWanted, queries: Sequence[str], scratch: Path) -> LakeEngine:
    limit = memory_mb(wanted.memory) if wanted.memory else machine_mb() // 2
    if wanted.engine == "duckdb":
        return DuckDBLake(scratch, limit, threads=wanted.threads, rows=wanted.rows)
    if wanted.engine != "spark":
        expected = " | ".join(ENGINES)
        raise Malformed(
            f"--engine 应为 {expected}，得到 {wanted.engine}", f"--engine expects {expected}, got {wanted.engine}"
        )
    if find_spec("pyspark") is None:
        raise NotFound(
            "没有安装 PySpark：请运行 pip install 'mingzhang[spark]'，并安装 Java 17",
            "PySpark is not installed: run pip install 'mingzhang[spark]', and install Java 17",
        )
    engine: LakeEngine = import_module("risk.engines.lake_spark").started(
        scratch, queries, master=wanted.master, limit_mb=limit, threads=wanted.threads
    )
    return engine


def _tell(screened: LakeScreened) -> None:
    account = screened.account
    say(
        f"{account.counties} 县 {account.payments} 笔缴费：命中 {account.findings} 项，疑点 {account.suspicions} 个",
        f"{account.counties} counties, {account.payments} payments: {account.findings} findings, "
        f"{account.suspicions} suspicions",
    )
    if account.model_problem:
        say("有一批县未能由模型评判，见 run.json", "the model judged nobody in some counties, see run.json")
    for rule in account.failed:
        say(f"规则 {rule} 失败，见 run.json", f"rule {rule} failed, see run.json")
