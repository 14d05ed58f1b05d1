"""A screening over lakes: every county's rules by one engine, findings and suspicions of all, and the account of it."""

from __future__ import annotations

import resource
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import date
from pathlib import Path

import msgspec
import pyarrow as pa

from casework.lake_model import LakeJudged
from casework.outputs import replacing, write_outputs
from casework.screening import Stopwatch, Tell
from projections.lake.reading import Lakes
from risk.anomaly.features import grains
from risk.anomaly.features import queries_of as queries_of_grains
from risk.catalogue.rule import Rule
from risk.engines.counties import RuleRun, run_in_world
from risk.engines.world import LakeEngine, World
from risk.scoring.officials import SCHEMA as OFFICIALS
from risk.scoring.officials import officials_by
from risk.scoring.score import score
from risk.screening import FINDINGS, queries_of


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
    models: Mapping[str, str]
    """By county the id of the model that was trained on it; counties with too little data have none."""
    judged: int
    """Subjects that a model gave a percentile."""
    too_little_data: int
    """Subjects of which there is too little."""
    model_problem: str
    """Why in a group of counties nobody was judged, where a query failed."""
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

    @property
    def failed(self) -> bool:
        """Whether a rule, or a model, failed."""
        return bool(self.account.failed or self.account.model_problem)


class Ran(msgspec.Struct):
    """What has been found so far, world after world."""

    findings: list[pa.Table] = msgspec.field(default_factory=lambda: [FINDINGS.empty_table()])
    officials: list[pa.Table] = msgspec.field(default_factory=lambda: [OFFICIALS.empty_table()])
    runs: dict[str, RuleRun] = msgspec.field(default_factory=dict)
    judged: LakeJudged = msgspec.field(default_factory=LakeJudged)
    rows: int = 0
    counties: int = 0

    def take(self, world: World, rules: Sequence[Rule], as_of: date) -> pa.Table:
        """Run the rules over one more world and return what they found."""
        found, ended = run_in_world(world, rules, as_of)
        self.findings.append(found)
        self.officials.append(officials_by(world.engine))
        for rule, run in ended.items():
            self.runs[rule] = self.runs[rule].with_more(run) if rule in self.runs else run
        self.rows += world.rows
        self.counties += len(world.counties)
        return found


def queries_asked(rules: Iterable[Rule], *, with_model: bool) -> list[str]:
    """Return all SQL that is asked of a world, for the engine that builds only what is read."""
    return [*queries_of(rules), *(queries_of_grains(grains()) if with_model else ())]


def screen_lakes(
    lakes: Lakes, engine: LakeEngine, rules: Sequence[Rule], as_of: date, out: Path, tell: Tell, *,
    with_model: bool = True,
) -> LakeScreened:  # fmt: skip
    """Screen every county of the lakes and write findings.parquet, suspicions.jsonl, offices.jsonl and run.json.

    `with_model`: a model is trained on each county and judges it.
    Errors: OutOfMemory, QueryFailed where a view fails, OSError.
    """
    out.mkdir(parents=True, exist_ok=True)
    watch, ran = Stopwatch(), Ran()
    for world in engine.worlds(lakes, as_of):
        every = len(lakes.counties)
        tell(f"已筛 {ran.counties} 县，共 {every} 县", f"{ran.counties} of {every} counties done")
        with _entered(watch, world) as held:
            with watch.step("rules"):
                found = ran.take(held, rules, as_of)
            if with_model:
                with watch.step("model"):
                    ran.judged.take(held, found, lakes.position, as_of)
    findings = pa.concat_tables([*ran.findings, *ran.judged.findings])
    with watch.step("score"):
        suspicions = score(findings, pa.concat_tables(ran.officials), pa.concat_tables(ran.judged.judged))
    with watch.step("write"):
        write_outputs(suspicions, findings, out, ran.judged.models)
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
        models=ran.judged.models,
        judged=ran.judged.counts.judged,
        too_little_data=ran.judged.counts.too_little_data,
        model_problem=ran.judged.problem,
        timings_s=watch.seconds,
        rule_timings_s={rule: round(run.seconds, 3) for rule, run in slowest},
        peak_memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )
