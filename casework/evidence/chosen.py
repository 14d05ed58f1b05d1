"""What goes into a pack: the suspicion as its run stated it, its findings, and the rules in the text of that run."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import msgspec
import pyarrow.compute as pc
import pyarrow.parquet as pq

from casework.rule_life.shadow import TRIAL
from casework.rule_life.standing import card_of
from domain.cases.screening import ScreeningRun
from domain.errors import Broken, NotFound, Refused
from ledger.home import Home
from ledger.log import Recorded

_LINE = msgspec.json.Decoder(dict[str, msgspec.Raw])
FILES = ("suspicions.jsonl", "offices.jsonl")


class Chosen(msgspec.Struct, frozen=True):
    """A suspicion as it leaves the house."""

    suspicion_id: str
    run: Recorded
    """The event of the screening run that raised it."""
    event_ids: tuple[str, ...]
    """Of its evidence, sorted."""
    files: dict[str, bytes]
    """Path in the pack to content: finding.json and the rules."""


class _Evidence(msgspec.Struct):
    event_id: str


class _Suspicion(msgspec.Struct):
    suspicion_id: str
    category: str
    subject_type: str
    subject_id: str
    rules: list[str]
    evidence: list[_Evidence]


def choose(home: Home, out: Path, suspicion_id: str) -> Chosen:
    """Return the suspicion of a run's folder.

    NotFound: no such suspicion; Refused: the run is none of this home's; Broken: the folder was changed since.
    """
    line = _line(out, suspicion_id)
    suspicion = msgspec.json.decode(line, type=_Suspicion)
    recorded, run = _run_of(home, out)
    content = msgspec.json.encode({"suspicion": msgspec.Raw(line), "findings": _findings(out, suspicion)})
    files = {"finding.json": msgspec.json.format(content, indent=2), **rules_of(home, run, suspicion.rules)}
    return Chosen(suspicion_id, recorded, tuple(sorted({each.event_id for each in suspicion.evidence})), files)


def _line(out: Path, suspicion_id: str) -> bytes:
    for name in FILES:
        file = out / name
        if not file.is_file():
            raise NotFound(f"{out} 不是筛查结果文件夹：缺少 {name}", f"{out} is no result of a screening: no {name}")
        with file.open("rb") as lines:
            for line in lines:
                if msgspec.json.decode(_LINE.decode(line)["suspicion_id"]) == suspicion_id:
                    return line.strip()
    raise NotFound(f"{out} 中没有疑点 {suspicion_id}", f"there is no suspicion {suspicion_id} in {out}")


def _run_of(home: Home, out: Path) -> tuple[Recorded, ScreeningRun]:
    """Return the home's screening run that wrote the folder."""
    digest = sha256((out / FILES[0]).read_bytes()).hexdigest()
    runs = [(recorded, home.ledger.event(recorded)) for recorded in home.ledger.of_type("screening")]
    for recorded, run in reversed(runs):
        if isinstance(run, ScreeningRun) and run.suspicions_sha256 == digest:
            return recorded, run
    if not runs:
        raise Refused(
            "账本中没有筛查记录：证据包只能出自用 --home 筛查的结果",
            "the ledger has no screening run: a pack is made from a screening of a home",
        )
    raise Broken(
        f"{out} 与账本中的任何一次筛查都不符：结果文件被改动，或出自别的账本",
        f"{out} agrees with no screening run in the ledger: it was changed, or is another ledger's",
    )


def _findings(out: Path, suspicion: _Suspicion) -> list[dict[str, object]]:
    """Return the findings that raised it, as the run wrote them."""
    table = pq.read_table(out / "findings.parquet")
    mine = (
        (pc.field("subject_type") == suspicion.subject_type) & (pc.field("subject_id") == suspicion.subject_id)
        & pc.field("rule").isin(suspicion.rules)
    )  # fmt: skip
    if TRIAL in table.column_names:
        table = table.filter(pc.field(TRIAL).is_null()).drop_columns([TRIAL])
    rows: list[dict[str, object]] = table.filter(mine).to_pylist()
    return rows


def rules_of(home: Home, run: ScreeningRun, rules: Iterable[str]) -> dict[str, bytes]:
    """Return each rule's SQL as the run ran it, and its card where the home or the program still has that text."""
    files = {}
    for name in rules:
        digest = run.rules.get(name, "").partition(":")[2]
        if not digest:
            continue
        files[f"rule/{name}/rule.sql"] = home.objects.get(digest)
        card = card_of(home, name, digest)
        if card is not None:
            files[f"rule/{name}/rule.toml"] = card
        values = {county: parameters[name] for county, parameters in run.parameters.items() if name in parameters}
        files[f"rule/{name}/parameters.json"] = msgspec.json.format(msgspec.json.encode(values), indent=2)
    return files
