"""The model judged on a made-up county: taken in, screened and scored as ever, then held against the truth beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from domain.errors import Refused
from intake.ingest import Intake
from ledger.home import Home
from projections.as_of import build_world, last_business_day
from projections.models import ReadModels
from risk.anomaly.evaluation.linking import Linked, linked
from risk.anomaly.evaluation.measures import Measured, fraud_kinds, innocent_kinds, measured, stability
from risk.anomaly.evaluation.tables import (
    counties_table,
    detection_table,
    kinds_table,
    measures_table,
    stability_table,
)
from risk.anomaly.evaluation.truth import read_truth
from risk.anomaly.evaluation.units import Unit, unit_of
from risk.anomaly.evaluation.walking import Step, detection
from risk.anomaly.evaluation.yardsticks import (
    CHANCE,
    FOREST,
    MODEL,
    RULE,
    Told,
    best_rule,
    chance,
    forest,
    rule_scores,
    with_rule,
)
from risk.anomaly.fitting import fit
from risk.anomaly.rows import Rows, enough, rows_of
from risk.catalogue.rule import load
from risk.engine import DuckDBEngine
from risk.screening import run_rules
from risk.thresholds import thresholds_in_force

Floats = NDArray[np.float64]
METHODS = (MODEL, FOREST, RULE, CHANCE)
ALL = "all of a"
"""Before a subject type: its grains together, each subject by its most abnormal row of any."""
SEEDED = (MODEL, FOREST)
"""Methods that a seed may change."""


class Wanted(NamedTuple):
    """What is asked of an evaluation."""

    actor: str
    clock: Callable[[], datetime]
    seeds: tuple[int, ...] = (0,)
    """The first judges; all of them say how stable it is."""
    walk: int | None = None
    """Days between as-of days that are walked for the time to detection; None: not walked."""


class County(NamedTuple):
    """A county judged."""

    name: str
    rows: Rows
    units: tuple[Unit, ...]
    """One per grain that has rows; without the best rule, which is one over all counties."""
    rules: Told
    cases: list[Linked]
    stable: dict[tuple[str, str], float]
    """By grain and method, the share that the lists of any two seeds have in common."""
    steps: tuple[Step, ...]
    rules_then: tuple[Told, ...]
    """What the rules said at each step."""


def judge_county(home: Home, data: Path, wanted: Wanted) -> County:
    """Take DATA into the home and judge it by DATA/truth, which nothing else reads. NotFound, WrongTruth, Refused."""
    truth = read_truth(data)
    Intake(home, actor=wanted.actor, clock=wanted.clock).take(data)
    with ReadModels(home.read_models, home.ledger) as models:
        store, position = models.connection, models.position
        last = last_business_day(store, position)
        if last is None:
            raise Refused(f"{data.name} 没有收缴记录", f"{data.name} holds no payments, receipts or transactions")
        as_of = last + timedelta(days=1)
        build_world(store, position, as_of)
        counties = [str(row[0]) for row in store.execute("SELECT county FROM county ORDER BY county").fetchall()]
        if len(counties) != 1:
            raise Refused(f"{data.name} 应只含一个县", f"{data.name} holds {len(counties)} counties; one expected")
        cases = linked(store, truth, home.tokens)
        rows = rows_of(DuckDBEngine(store), as_of)
        rules = _rules_say(store, as_of, counties[0])
        by_seed = [scores_of(rows, seed) for seed in wanted.seeds]
        units = units_of(data.name, rows, by_seed[0], cases)
        steps, then = _walked(store, position, as_of, (data.name, counties[0]), cases, wanted)
        return County(data.name, rows, units, rules, cases, _stable(by_seed), steps, then)


def _rules_say(store: duckdb.DuckDBPyConnection, as_of: date, county: str) -> Told:
    findings, _ = run_rules(store, load(), as_of, thresholds_in_force(store, as_of))
    return rule_scores(findings, county)


def report(counties: Sequence[County]) -> str:
    """Return all tables, in Markdown, over the counties together."""
    units, best = judged_units(counties), best_rules(counties)
    grains = list(dict.fromkeys(unit.grain for unit in units))
    lists = [unit for unit in units if not unit.grain.startswith(ALL)]
    parts = [
        measures_table([measured(units, grain, method) for grain in grains for method in METHODS]),
        counties_table(_by_county(units)),
        kinds_table(fraud_kinds(lists, METHODS), "fraud"),
        kinds_table(innocent_kinds(lists, METHODS), "innocent"),
        stability_table(_stable_over(counties, grains)),
    ]
    walks = [(_with_rules(county, best), county.cases) for county in counties if county.steps]
    if walks:
        parts.append(detection_table([detection(walks, method) for method in METHODS]))
    return "\n\n".join(parts)


def judged_units(counties: Sequence[County]) -> list[Unit]:
    """Return the units of all counties, by grain, each with the scores of the rule that is best in its grain."""
    best = best_rules(counties)
    pairs = [(unit, county.rules) for county in counties for unit in county.units]
    pairs.sort(key=lambda pair: pair[0].grain)
    return [with_rule(unit, rules, best[unit.grain]) for unit, rules in pairs]


def best_rules(counties: Sequence[County]) -> dict[str, str]:
    """Return by grain the rule that is best over all counties."""
    pairs = [(unit, county.rules) for county in counties for unit in county.units]
    found = {}
    for grain in sorted({unit.grain for unit, _ in pairs}):
        here = [(unit, rules) for unit, rules in pairs if unit.grain == grain]
        found[grain] = best_rule([unit for unit, _ in here], [rules for _, rules in here])
    return found


def _with_rules(county: County, best: Mapping[str, str]) -> list[Step]:
    """Return the county's steps with what the rules that are best at the end said then."""
    return [
        step._replace(units=tuple(with_rule(unit, told, best.get(unit.grain, "")) for unit in step.units))
        for step, told in zip(county.steps, county.rules_then, strict=True)
    ]


def scores_of(rows: Rows, seed: int) -> dict[str, dict[str, Floats]]:
    """Return by grain and method the score of every row; NaN where there is too little data."""
    scored = fit(rows, seed).score(rows)
    names = np.array(scored.column("grain").to_pylist(), dtype=object)
    values = scored.column("score").to_numpy(zero_copy_only=False).astype(np.float64)
    found: dict[str, dict[str, Floats]] = {}
    for grain, normal in rows.items():
        told = enough(normal)
        plain = np.full(len(told), np.nan)
        if told.any():
            plain[told] = forest(normal.matrix[told], seed)
        found[grain] = {MODEL: values[names == grain], FOREST: plain, CHANCE: chance(len(told))}
    return found


def units_of(
    name: str, rows: Rows, scores: Mapping[str, Mapping[str, Floats]], cases: Sequence[Linked]
) -> tuple[Unit, ...]:
    """Return a unit per grain, and one per subject type that puts the type's grains together."""
    told = {grain: normal.keys for grain, normal in sorted(rows.items()) if normal.keys.num_rows}
    units = [unit_of(name, grain, keys, scores[grain], cases) for grain, keys in told.items()]
    kinds = sorted({str(keys.column("subject_type")[0].as_py()) for keys in told.values()})
    for kind in kinds:
        here = [grain for grain, keys in told.items() if keys.column("subject_type")[0].as_py() == kind]
        together = {
            method: np.concatenate([standing(scores[grain][method]) for grain in here]) for method in scores[here[0]]
        }
        keys = pa.concat_tables([told[grain].select(["subject_type", "subject_id", "township"]) for grain in here])
        units.append(unit_of(name, f"{ALL} {kind}", keys, together, cases))
    return tuple(units)


def standing(score: Floats) -> Floats:
    """Return by row the share of the rows with a lower score, ties at their middle, so that grains can be compared."""
    known = np.sort(score[~np.isnan(score)])
    if not len(known):
        return score
    middle = (np.searchsorted(known, score, "left") + np.searchsorted(known, score, "right")) / (2.0 * len(known))
    return np.where(np.isnan(score), np.nan, middle)


def _by_county(units: Sequence[Unit]) -> list[tuple[str, Measured]]:
    """Return what the model reaches in each county alone, per subject type, where there is enough to judge."""
    alone = [(unit.county, measured([unit], unit.grain, MODEL)) for unit in units if unit.grain.startswith(ALL)]
    return sorted((pair for pair in alone if pair[1].counties), key=lambda pair: (pair[0], pair[1].grain))


def _stable(by_seed: Sequence[Mapping[str, Mapping[str, Floats]]]) -> dict[tuple[str, str], float]:
    return {
        (grain, method): stability([scores[grain][method] for scores in by_seed])
        for grain, told in by_seed[0].items()
        for method in SEEDED
        if len(told[method])
    }


def _stable_over(counties: Sequence[County], grains: Sequence[str]) -> list[tuple[str, str, float]]:
    found = []
    for grain in grains:
        for method in SEEDED:
            shares = [one.stable[grain, method] for one in counties if (grain, method) in one.stable]
            if shares:
                found.append((grain, method, float(np.mean(shares))))
    return found


def _walked(
    store: duckdb.DuckDBPyConnection,
    position: int,
    as_of: date,
    names: tuple[str, str],
    cases: Sequence[Linked],
    wanted: Wanted,
) -> tuple[tuple[Step, ...], tuple[Told, ...]]:
    """Return the units of the grains, and what the rules said, every `walk` days from the first fraud's first record.

    names: of the data, and the county's code.
    """
    started = [case.first_on for case in cases if case.case.verdict == "wrong" and case.first_on is not None]
    steps: list[Step] = []
    told: list[Told] = []
    if wanted.walk is None or not started:
        return (), ()
    day = min(started) + timedelta(days=wanted.walk)
    while day <= as_of:
        build_world(store, position, day, as_known=True)
        rows = rows_of(DuckDBEngine(store), day)
        units = units_of(names[0], rows, scores_of(rows, wanted.seeds[0]), cases)
        steps.append(Step(day, tuple(unit for unit in units if not unit.grain.startswith(ALL))))
        told.append(_rules_say(store, day, names[1]))
        day += timedelta(days=wanted.walk)
    return tuple(steps), tuple(told)
