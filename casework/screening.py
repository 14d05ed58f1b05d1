"""A screening from ledger to lists: project, fix the world at a position and a day, run the rules, score, write OUT."""

from __future__ import annotations

import hashlib
import resource
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa

from casework.accounts import (
    RETIRED,
    DriftAccount,
    RunAccount,
    TypeCounts,
    outcome_text,
    told_twice,
    write_account,
    write_quarantine,
)
from casework.guides import anomaly_guide, guides_of
from casework.incremental import engine_of, kept_for
from casework.judging import Judged, drift_of, judge_run, previous_run
from casework.lists.draw import TownshipList, draw
from casework.naming import VaultNames
from casework.outputs import FINDINGS_FILES, write_outputs
from casework.parquet import as_parquet
from casework.rule_life.shadow import Trials, recorded, run_trials
from casework.rule_life.standing import Standing, standing_rules
from casework.run_report.content import Run
from casework.run_report.page import write_report
from casework.streamed import streamed_counts
from casework.workbook.issue import Issue
from casework.workbook.township import Written, write_workbooks
from domain.cases.screening import ScreeningRun
from domain.contract import RECORD_TYPES
from domain.fact import Envelope
from intake.ingest import Report
from intake.parsing import CHINA
from ledger.home import Home
from ledger.log import StoredRow
from projections.as_of import build_world, last_business_day
from projections.beside import Beside, side_by_side
from projections.codes import codes_held
from projections.models import ReadModels
from risk.anomaly.features import grains
from risk.anomaly.findings import RULE as ANOMALY
from risk.catalogue.rule import Catalogue
from risk.engine import Engine
from risk.outcome import Outcome
from risk.scoring.officials import officials
from risk.scoring.score import score
from risk.screening import ordered, run_rules
from risk.thresholds import Thresholds, thresholds_in_force, values_used

Tell = Callable[[str, str], None]
"""Says, in Chinese and English, what is being done."""


class Wanted(msgspec.Struct, frozen=True):
    """What is asked of a screening."""

    out: Path
    actor: str
    clock: Callable[[], datetime]
    as_of: date | None = None
    """None: the day after the last business in the ledger."""
    position: int | None = None
    """None: the ledger's end."""
    capacity: int = 20
    reveal: str = ""
    """Why names are revealed in 入户核查名单.xlsx; none is written without."""
    threads: int | None = None
    model: str | None = None
    """Id of the model; "none" for no model; None: the home's latest, else one trained on the data at hand."""
    incremental: bool = False
    """Work out again only what has changed since the home's last incremental screening; the outcome is the same."""
    limit_mb: int | None = None
    """What DuckDB may take; None: what suits the read models."""
    remember: bool = True
    """Append a ScreeningRun event; not for a temporary home."""


class Screened(msgspec.Struct, frozen=True):
    """What a screening leaves."""

    suspicions: pa.Table
    findings: pa.Table
    outcomes: dict[str, Outcome]
    thresholds: Thresholds
    """What the counties have set; the rules' defaults hold otherwise."""
    lists: tuple[TownshipList, ...]
    written: Written
    judged: Judged
    places: dict[str, str]
    counties: tuple[str, ...]
    as_of: date
    position: int
    trials: Trials
    """What rules on trial found, in no suspicion and on no list."""
    retired: tuple[str, ...]
    """Rules that did not run."""

    @property
    def failed(self) -> bool:
        """Whether a rule, one on trial too, or the model failed."""
        return bool(self.judged.problem or self.failed_rules)

    @property
    def failed_rules(self) -> dict[str, bool]:
        """Rules and versions on trial that failed, by name, and whether it is one on trial: no list misses it then."""
        both = ((self.outcomes, False), (self.trials.outcomes, True))
        return {
            name: trial for found, trial in both for name, outcome in found.items() if outcome.kind == "failed"
        }


class Stopwatch:
    """Seconds per step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure the block under a name."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - start, 3)


def screen(home: Home, wanted: Wanted, tell: Tell, watch: Stopwatch, report: Report | None = None) -> Screened:
    """Run a screening and write OUT; `report` is what an ingest just before took in, for the account."""
    wanted.out.mkdir(parents=True, exist_ok=True)
    with watch.step("project"):
        tell("更新读模型", "projecting the ledger")
        models = ReadModels(
            home.read_models, home.ledger, threads=wanted.threads, limit_mb=wanted.limit_mb, shared=wanted.remember
        )
    try:
        store, position = models.connection, models.reached(wanted.position)
        as_of = wanted.as_of or (last_business_day(store, position) or wanted.clock().date()) + timedelta(days=1)
        if wanted.incremental and models.copied:
            tell("读模型正被使用，这次全部重算", "the read models are in use: everything is worked out again")
            wanted = msgspec.structs.replace(wanted, incremental=False)
        with side_by_side(store, position) as beside:
            return _screen_at(home, wanted, tell, watch, store, position, as_of, report, beside)
    finally:
        models.close()


def _screen_at(
    home: Home, wanted: Wanted, tell: Tell, watch: Stopwatch, store: duckdb.DuckDBPyConnection, position: int,
    as_of: date, report: Report | None, beside: Beside | None,
) -> Screened:  # fmt: skip
    standing = standing_rules(home)
    with watch.step("world"):
        tell("准备筛查视图", "fixing the world at the position")
        counted = standing.counted.rules
        codes = codes_held(store)
        kept = kept_for(home, store, beside, position, as_of, counted, codes) if wanted.incremental else None
        build_world(store, position, as_of, kept=None if kept is None else kept.world, beside=beside, codes=codes)
    engine = engine_of(store, kept, beside)
    with watch.step("rules"):
        tell("运行规则", "running the rules")
        findings, outcomes, trials, in_force = _run(store, engine, standing, as_of, beside)
    with watch.step("model"):
        tell("与同类比较", "comparing with peers")
        judged = judge_run(home, engine, findings, position, as_of, wanted.model)
        findings = ordered(pa.concat_tables([findings, judged.findings]))
    with watch.step("score"):
        tell("评分", "scoring")
        suspicions = score(findings, officials(store), judged.judged)
        lists = draw(suspicions, wanted.capacity, f"{as_of.isoformat()}-{position}")
    with watch.step("write"):
        tell("写出清单", "writing lists")
        write_outputs(suspicions, recorded(findings, trials), wanted.out, judged.model)
        written = _write_lists(home, wanted, store, lists, standing.counted, Issue(f"{as_of:%Y}-{position}", as_of))
        write_quarantine(store, position, wanted.out)
    screened = Screened(
        suspicions, findings, outcomes, in_force, lists, written, judged, *_places(store), as_of, position,
        trials, standing.retired,
    )  # fmt: skip
    _tell_run(home, wanted, store, screened, standing.counted, watch, report)
    if wanted.remember:
        _remember(home, wanted, screened, standing.counted)
    if kept is not None:
        kept.finish()
    return screened


def _run(
    store: duckdb.DuckDBPyConnection, engine: Engine, standing: Standing, as_of: date, beside: Beside | None
) -> tuple[pa.Table, dict[str, Outcome], Trials, Thresholds]:
    """Return what the counted rules found and how each ended, what those on trial did, and the counted's thresholds."""
    policy = thresholds_in_force(store, as_of)
    in_force = standing.thresholds(policy)
    findings, outcomes = run_rules(store, standing.counted, as_of, in_force, engine, beside)
    return findings, outcomes, run_trials(store, standing.trials, as_of, policy), in_force


def _tell_run(
    home: Home, wanted: Wanted, store: duckdb.DuckDBPyConnection, screened: Screened, rules: Catalogue,
    watch: Stopwatch, report: Report | None,
) -> None:  # fmt: skip
    """Write the account of a run, and its page for people."""
    drift = drift_of(screened.judged, _outcomes(screened), previous_run(home, screened.position))
    account = _account(store, screened, rules, drift, watch, report, _root(home, screened.position))
    write_account(account, wanted.out)
    write_report(
        Run(
            screened.suspicions, screened.outcomes, screened.trials.outcomes, screened.lists, screened.places, account,
            rules,
        ),
        wanted.out,
    )  # fmt: skip


def _places(store: duckdb.DuckDBPyConnection) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the names of the divisions, and the counties."""
    names = dict(store.execute("SELECT record_id, name FROM divisions").fetchall())
    return names, tuple(row[0] for row in store.execute("SELECT county FROM county ORDER BY county").fetchall())


def _write_lists(
    home: Home,
    wanted: Wanted,
    store: duckdb.DuckDBPyConnection,
    lists: tuple[TownshipList, ...],
    rules: Catalogue,
    issue: Issue,
) -> Written:
    names = VaultNames(home, store, actor=wanted.actor, reason=wanted.reveal or "疑点清单脱敏显示")
    guides = {**guides_of(rules), ANOMALY: anomaly_guide(grains())}
    return write_workbooks(store, lists, issue, guides, names, wanted.out, reveal=bool(wanted.reveal))


def _account(
    store: duckdb.DuckDBPyConnection,
    screened: Screened,
    rules: Catalogue,
    drift: DriftAccount,
    watch: Stopwatch,
    report: Report | None,
    root: str | None,
) -> RunAccount:
    records = {name: TypeCounts() for name in RECORD_TYPES}
    files: list[dict[str, str | int]] = []
    if report is None:
        _count_ledger(store, screened.position, records, files)
    else:
        _count_report(report, records, files)
    return RunAccount(
        position=screened.position,
        root_hash=root,
        as_of=screened.as_of,
        county=report.county if report is not None else next(iter(screened.counties), ""),
        records=records,
        files=files,
        unknown_files=report.unknown if report is not None else [],
        told_twice=told_twice(store),
        rules=_outcomes(screened) | dict.fromkeys(screened.retired, RETIRED),
        trials=_trial_outcomes(screened),
        rule_notes=_rule_notes(screened),
        rule_versions={rule.id: rule.version for rule in rules.rules},
        findings=screened.findings.num_rows, suspicions=screened.suspicions.num_rows,
        lists=_list_counts(screened.lists),
        model=screened.judged.model,
        drift=drift,
        timings_s=watch.seconds,
        rule_timings_s=_slowest_first(screened.outcomes),
        peak_memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def _root(home: Home, position: int) -> str | None:
    return home.sealer.root_at(position).hex() if home.sealer is not None else None


def _list_counts(lists: tuple[TownshipList, ...]) -> dict[str, dict[str, int]]:
    return {
        each.code: {"items": len(each.items), "left_out": each.left_out, "drawn": len(each.drawn)} for each in lists
    }


def _outcomes(screened: Screened) -> dict[str, str]:
    return {rule: outcome_text(outcome) for rule, outcome in screened.outcomes.items()}


def _rule_notes(screened: Screened) -> dict[str, list[str]]:
    said = {rule: (*outcome.missing, *outcome.notes) for rule, outcome in screened.outcomes.items()}
    return {rule: [part.zh for part in parts] for rule, parts in said.items() if parts}


def _trial_outcomes(screened: Screened) -> dict[str, str]:
    return {version: outcome_text(outcome) for version, outcome in screened.trials.outcomes.items()}


def _slowest_first(outcomes: dict[str, Outcome]) -> dict[str, float]:
    return {rule: one.seconds for rule, one in sorted(outcomes.items(), key=lambda item: (-item[1].seconds, item[0]))}


def _count_report(report: Report, records: dict[str, TypeCounts], files: list[dict[str, str | int]]) -> None:
    """Take the counts from what was taken in just now."""
    for file in report.files:
        counts = TypeCounts(
            file.read, file.appended, file.repeated, file.amended, file.quarantined, file.set_aside, file.unreadable
        )
        records[file.type].add(counts)
        files.append({"name": file.name, "type": file.type, "sha256": file.sha256, **msgspec.structs.asdict(counts)})


def _count_ledger(
    store: duckdb.DuckDBPyConnection, position: int, records: dict[str, TypeCounts], files: list[dict[str, str | int]]
) -> None:
    """Take the counts from the files that the ledger says it took in, and from what came by messages."""
    columns = ("name", "type", "sha256", "read", "appended", "repeated", "amended", "quarantined", "set_aside")
    query = f"SELECT {', '.join(columns)} FROM history.files WHERE position <= ? ORDER BY position"
    for row in store.execute(query, [position]).fetchall():
        files.append(dict(zip(columns, row, strict=True)))
        records[row[1]].add(TypeCounts(*row[3:]))
    for name, counts in streamed_counts(store, position).items():
        files.append({"name": f"collection.{name}", "type": name, "sha256": "", **msgspec.structs.asdict(counts)})
        records.setdefault(name, TypeCounts()).add(counts)


def _remember(home: Home, wanted: Wanted, screened: Screened, rules: Catalogue) -> None:
    texts = {rule.id: rule.sql.encode() for rule in rules.rules}
    run = uuid.uuid4().hex
    content = (wanted.out / "suspicions.jsonl").read_bytes()
    event = ScreeningRun(
        position=screened.position,
        as_of=screened.as_of,
        rules={rule.id: f"{rule.version}:{home.objects.put(texts[rule.id])}" for rule in rules.rules},
        parameters=values_used(rules, screened.counties, screened.thresholds),
        outcomes=_outcomes(screened),
        findings=screened.findings.num_rows,
        suspicions=screened.suspicions.num_rows,
        suspicions_sha256=hashlib.sha256(content).hexdigest(),
        model=screened.judged.model,
        scored=home.objects.put(as_parquet(screened.suspicions)),
        drawn={suspicion: chance for each in screened.lists for suspicion, chance in each.drawn.items()},
        results={name: hashlib.sha256((wanted.out / name).read_bytes()).hexdigest() for name in FINDINGS_FILES},
        found=home.objects.put((wanted.out / "findings.parquet").read_bytes()),
        trials=_trial_outcomes(screened),
        lacked={rule: outcome.lacked for rule, outcome in sorted(screened.outcomes.items()) if outcome.missing},
        envelope=Envelope(
            "mingzhang", "000000", wanted.clock().astimezone(CHINA), wanted.actor, f"screening:{run}", run
        ),
    )
    home.ledger.append([StoredRow(f"screening:{run}", 1, "screening.Run.v1", msgspec.json.encode(event))])
