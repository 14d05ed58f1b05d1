"""A screening over lakes: every county's rules by one engine, findings and suspicions of all, and the account of it."""

from __future__ import annotations

import resource
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date
from pathlib import Path

import msgspec
import pyarrow as pa

from casework.outputs import replacing, write_outputs
from casework.screening import Stopwatch, Tell
from projections.lake.reading import Lakes
from risk.catalogue.rule import Rule
from risk.engines.counties import RuleRun, run_in_world
from risk.engines.world import LakeEngine, World
from risk.scoring.officials import SCHEMA as OFFICIALS
from risk.scoring.officials import officials_by
from risk.scoring.score import score
from risk.screening import FINDINGS


class LakeAccount(msgspec.Struct, frozen=True):
    """run.json of a screening over lakes."""

    engine: str
    engine_version: str
    as_of: date
    lakes: Sequence[Mapping[str, str | int]]
    """Folder and ledger position of each."""
    counties: int
    rows: int
    """Rows of history that were read."""
    payments: int
    """Payments, every version, among them."""
    findings: int
    suspicions: int
    rules: Mapping[str, Mapping[str, int]]
    """Per rule its findings, and the counties by how it ended in them."""
    rule_notes: Mapping[str, Sequence[str]]
    """Per rule that could not judge everything: what and where, in Chinese."""
    failed: Mapping[str, str]
    """Per rule that failed: the SQL and the engine's error."""
    rule_versions: Mapping[str, int]
    timings_s: Mapping[str, float]
    rule_timings_s: Mapping[str, float]
    """Per rule over all counties, the slowest first."""
    peak_memory_mb: int
    """Of this process; Spark's own is another."""


class LakeScreened(msgspec.Struct, frozen=True):
    """What a screening over lakes leaves."""

    findings: pa.Table
    suspicions: pa.Table
    account: LakeAccount


class Ran(msgspec.Struct):
    """What has been found so far, world after world."""

    findings: list[pa.Table] = msgspec.field(default_factory=lambda: [FINDINGS.empty_table()])
    officials: list[pa.Table] = msgspec.field(default_factory=lambda: [OFFICIALS.empty_table()])
    runs: dict[str, RuleRun] = msgspec.field(default_factory=dict)
    rows: int = 0
    counties: int = 0

    def take(self, world: World, rules: Sequence[Rule], as_of: date) -> None:
        """Run the rules over one more world."""
        found, ended = run_in_world(world, rules, as_of)
        self.findings.append(found)
        self.officials.append(officials_by(world.engine))
        for rule, run in ended.items():
            self.runs[rule] = self.runs[rule].with_more(run) if rule in self.runs else run
        self.rows += world.rows
        self.counties += len(world.counties)


def screen_lakes(
    lakes: Lakes, engine: LakeEngine, rules: Sequence[Rule], as_of: date, out: Path, tell: Tell
) -> LakeScreened:
    """Screen every county of the lakes and write findings.parquet, suspicions.jsonl, offices.jsonl and run.json.

    Errors: OutOfMemory, QueryFailed where a view fails, OSError.
    """
    out.mkdir(parents=True, exist_ok=True)
    watch, ran = Stopwatch(), Ran()
    for world in engine.worlds(lakes, as_of):
        every = len(lakes.counties)
        tell(f"已筛 {ran.counties} 县，共 {every} 县", f"{ran.counties} of {every} counties done")
        with _entered(watch, world) as held, watch.step("rules"):
            ran.take(held, rules, as_of)
    findings = pa.concat_tables(ran.findings)
    with watch.step("score"):
        suspicions = score(findings, pa.concat_tables(ran.officials))
    with watch.step("write"):
        write_outputs(suspicions, findings, out)
    account = _account(lakes, engine, rules, as_of, watch, ran, (findings.num_rows, suspicions.num_rows))
    with replacing(out / "run.json") as file:
        file.write(msgspec.json.format(msgspec.json.encode(account), indent=2) + b"\n")
    return LakeScreened(findings, suspicions, account)


@contextmanager
def _entered(watch: Stopwatch, world: AbstractContextManager[World]) -> Iterator[World]:
    """Enter a world, measuring how long it takes to build."""
    with ExitStack() as stack:
        with watch.step("world"):
            held = stack.enter_context(world)
        yield held


def _account(
    lakes: Lakes, engine: LakeEngine, rules: Sequence[Rule], as_of: date, watch: Stopwatch, ran: Ran,
    counted: tuple[int, int],
) -> LakeAccount:  # fmt: skip
    counts = ("findings", "found", "none", "lacking", "failed")
    slowest = sorted(ran.runs.items(), key=lambda item: (-item[1].seconds, item[0]))
    return LakeAccount(
        engine=engine.name,
        engine_version=engine.version(),
        as_of=as_of,
        lakes=[{"folder": str(lake.folder), "position": lake.manifest.position} for lake in lakes.lakes],
        counties=ran.counties,
        rows=ran.rows,
        payments=lakes.payments(),
        findings=counted[0],
        suspicions=counted[1],
        rules={rule: {name: getattr(run, name) for name in counts} for rule, run in ran.runs.items()},
        rule_notes={rule: [note.zh for note in run.notes] for rule, run in ran.runs.items() if run.notes},
        failed={rule: run.problem for rule, run in ran.runs.items() if run.failed},
        rule_versions={rule.id: rule.version for rule in rules},
        timings_s=watch.seconds,
        rule_timings_s={rule: round(run.seconds, 3) for rule, run in slowest},
        peak_memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )
