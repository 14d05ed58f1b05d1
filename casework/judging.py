"""The model's part in a screening: who stands out, why, what is recorded of it, and how far the data have moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from casework.accounts import DriftAccount
from casework.kept_models import NONE, Used, models
from domain.cases.screening import ScreeningRun
from ledger.home import Home
from risk.anomaly.drift import Moved, Volume, drift, volumes
from risk.anomaly.features import Grain, grains
from risk.anomaly.findings import FROM_PERCENTILE, findings_of, pays
from risk.anomaly.reasons import Explained, explain, with_evidence
from risk.anomaly.rows import Rows, rows_of
from risk.anomaly.subjects import judge
from risk.engine import Engine, QueryFailed
from risk.scoring.judged import NOTHING, SCHEMA
from risk.screening import FINDINGS

TOLD_FROM = 95.0
"""Percentile from which a suspicion says why the model finds its subject unusual; inclusive."""
_KEY = ("county", "subject_type", "subject_id")


class JudgedCounts(NamedTuple):
    """How many subjects were judged."""

    judged: int = 0
    too_little_data: int = 0


class Judged(NamedTuple):
    """What a screening takes from the model."""

    model: str | None
    kept: bool
    judged: pa.Table
    """For scoring (risk.scoring.judged.SCHEMA)."""
    findings: pa.Table
    """What the model alone has to say (risk.screening.FINDINGS)."""
    counts: JudgedCounts
    moved: Sequence[Moved]
    problem: str = ""
    """Why nobody was judged, where a query failed: the rules' findings stand all the same."""


UNJUDGED = Judged(
    model=None, kept=False, judged=NOTHING, findings=FINDINGS.empty_table(), counts=JudgedCounts(), moved=()
)
"""Without a model."""


def judge_run(
    home: Home, engine: Engine, findings: pa.Table, position: int, as_of: date, wanted: str | None
) -> Judged:
    """Judge every subject of the engine's world and explain those in the findings, and those far out, that stand out.

    `wanted`: a model's id, "none", or None for the home's latest or one trained on the data at hand. Where a query
    fails nobody is judged, and `problem` says why. NotFound, Broken, Malformed.
    """
    if wanted == NONE:
        return UNJUDGED
    try:
        return _judge(home, engine, findings, position, as_of, wanted)
    except QueryFailed as error:
        return UNJUDGED._replace(problem=error.en)


def _judge(
    home: Home, engine: Engine, findings: pa.Table, position: int, as_of: date, wanted: str | None
) -> Judged:
    known = {grain.id: grain for grain in grains()}
    rows = rows_of(engine, as_of)
    used = models().choose(home, rows, known.values(), position, as_of, wanted)
    if used is None:
        return UNJUDGED
    stood = standing_of(used, rows, known, findings)
    return judged_by(stood, shown_behind(engine, known, stood.explained, as_of), known)


class Stood(NamedTuple):
    """Where everybody stands in a model, and why those stand out who are to be explained; no records behind it yet."""

    used: Used
    rows: Rows
    subjects: pa.Table
    explained: Sequence[Explained]


def standing_of(used: Used, rows: Rows, known: Mapping[str, Grain], findings: pa.Table) -> Stood:
    """Judge every subject of the rows; explain those in the findings that stand out, and those far out."""
    subjects = judge(used.model, used.scored)
    return Stood(used, rows, subjects, explain(used.model, rows, known, _to_explain(subjects, findings)))


def shown_behind(
    engine: Engine, known: Mapping[str, Grain], explained: Sequence[Explained], as_of: date
) -> list[Explained]:
    """Return the explained with the records behind those far out, who come first. QueryFailed."""
    far = with_evidence(engine, known, [one for one in explained if one.percentile >= FROM_PERCENTILE], as_of)
    return [*far, *(one for one in explained if one.percentile < FROM_PERCENTILE)]


def judged_by(stood: Stood, shown: Sequence[Explained], known: Mapping[str, Grain]) -> Judged:
    """Return what a screening takes from the model; `shown`: its explained, with the records behind them."""
    used = stood.used
    return Judged(
        used.id,
        used.kept,
        _judged(stood.subjects, shown),
        findings_of(used.id, shown, known, for_townships=pays(used.card)),
        _counts(stood.subjects),
        drift(used.card, stood.rows, used.scored) if used.kept else (),
    )


def _to_explain(subjects: pa.Table, findings: pa.Table) -> pa.Table:
    """Return the subjects that stand out and are in a finding, and all that stand far out."""
    out = subjects.filter(pc.field("percentile") >= TOLD_FROM)
    accused = {
        (county, "account" if kind == "card" else kind, subject)
        for county, kind, subject in zip(*(findings.column(name).to_pylist() for name in _KEY), strict=True)
    }
    rows = zip(*(out.column(name).to_pylist() for name in (*_KEY, "percentile")), strict=True)
    wanted = [percentile >= FROM_PERCENTILE or tuple(key) in accused for *key, percentile in rows]
    return out.filter(pa.array(wanted, pa.bool_()))


def _judged(subjects: pa.Table, explained: Sequence[Explained]) -> pa.Table:
    """Return percentile and sentences per subject that has a percentile."""
    told = {(one.county, one.subject_type, one.subject_id): one.reasons for one in explained}
    judged = subjects.filter(pc.field("percentile") >= 0.0).select([*_KEY, "percentile"])
    keys = list(zip(*(judged.column(name).to_pylist() for name in _KEY), strict=True))
    said = [told.get(key, ()) for key in keys]
    columns = {
        "reasons_zh": pa.array([[reason.text.zh for reason in reasons] for reasons in said], pa.list_(pa.string())),
        "reasons_en": pa.array([[reason.text.en for reason in reasons] for reasons in said], pa.list_(pa.string())),
    }
    return pa.table({**{name: judged.column(name) for name in judged.column_names}, **columns}, schema=SCHEMA)


def _counts(subjects: pa.Table) -> JudgedCounts:
    little = subjects.column("percentile").null_count
    return JudgedCounts(subjects.num_rows - little, little)


def drift_of(judged: Judged, outcomes: Mapping[str, str], before: ScreeningRun | None) -> DriftAccount:
    """Return how far features, scores and the rules' findings have moved; `outcomes` in the words of run.json."""
    compared: list[Volume] = volumes(before.outcomes, outcomes) if before is not None else []
    return DriftAccount(
        trained_in_this_run=judged.model is not None and not judged.kept,
        judged=judged.counts.judged,
        too_little_data=judged.counts.too_little_data,
        findings=judged.findings.num_rows,
        problem=judged.problem,
        compared=len(judged.moved),
        moved={f"{one.grain}/{one.feature}": one.index for one in judged.moved if one.standing != "stable"},
        rules_compared=len(compared),
        rule_volumes={one.rule: (one.before, one.now) for one in compared if one.changed},
    )


def previous_run(home: Home, position: int) -> ScreeningRun | None:
    """Return the home's last screening that the ledger held at a position; None where there is none."""
    for recorded in reversed(home.ledger.of_type("screening")):
        event = home.ledger.event(recorded) if recorded.position <= position else None
        if isinstance(event, ScreeningRun):
            return event
    return None
