"""A screening: every running rule over one world, its findings in one table and its outcome by name."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date
from functools import partial

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from projections.beside import Beside
from projections.reading import words
from risk.catalogue.card import GRAVITY, Bilingual, Value
from risk.catalogue.checks.output import COLUMNS
from risk.catalogue.reasons import render
from risk.catalogue.rule import Catalogue, Rule
from risk.engine import Argument, Engine, QueryFailed, engine_on
from risk.outcome import Outcome
from risk.sufficiency import Sufficiency
from risk.thresholds import Thresholds, set_aside, values_for
from risk.unjudged import asked_of

_FIELDS: dict[str, pa.DataType] = {
    "rule": pa.string(),
    "version": pa.int64(),
    "family": pa.string(),
    "category": pa.string(),
    "addressee": pa.string(),
    "alone": pa.bool_(),
    "parameters": pa.string(),
    "county": pa.string(),
    "severity": pa.string(),
    "subject_type": pa.string(),
    "subject_id": pa.string(),
    "township": pa.string(),
    "village": pa.string(),
    "fee": pa.string(),
    "fee_year": pa.int64(),
    "amount_at_risk_fen": pa.int64(),
    "measure": pa.float64(),
    "threshold": pa.float64(),
    "occurred_on": pa.date32(),
    "evidence": pa.list_(pa.string()),
    "details": pa.string(),
    "reason_zh": pa.string(),
    "reason_en": pa.string(),
}
FINDINGS = pa.schema(_FIELDS)
"""One row per finding; parameters and details are JSON with sorted keys."""

ORDER = ("rule", "county", "subject_type", "subject_id", "fee", "fee_year", "occurred_on", "evidence")
_JSON = msgspec.json.Encoder(order="sorted", decimal_format="number")


class NotFindings(ValueError):
    """What a rule gave back is no table of findings."""


def queries_of(rules: Iterable[Rule]) -> list[str]:
    """Return all SQL that is asked of a world when the rules run over it, for projections.as_of.build_world."""
    return [query for rule in rules for query in (rule.sql, *asked_of(rule))]


def words_of(rule: Rule) -> frozenset[str]:
    """Return the words of all SQL that is asked for a rule, among them the names of what it reads."""
    return frozenset().union(*map(words, queries_of([rule])))


def run_rules(
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    as_of: date,
    thresholds: Thresholds,
    engine: Engine | None = None,
    beside: Beside | None = None,
) -> tuple[pa.Table, dict[str, Outcome]]:
    """Run the rules on trial and the active ones over the connection's world; a failed one does not stop the others.

    Returns the findings (schema FINDINGS, in ORDER) and each rule's outcome by id. `thresholds`: thresholds_in_force.
    `engine`: asked instead of the connection itself. `beside`: what the world was built with; rules then run side by
    side, which changes nothing but the time.
    """
    if engine is None:
        engine = engine_on(connection, beside)
    run = partial(_timed, engine, Sufficiency(engine), as_of, thresholds)
    rules = catalogue.running()
    ran = list(map(run, rules)) if beside is None else beside.each(run, rules, words_of)
    findings = ordered(pa.concat_tables([FINDINGS.empty_table(), *(table for table, _ in ran)]))
    return findings, {rule.id: outcome for rule, (_, outcome) in zip(rules, ran, strict=True)}


def _timed(
    engine: Engine, sufficiency: Sufficiency, as_of: date, thresholds: Thresholds, rule: Rule
) -> tuple[pa.Table, Outcome]:
    start = time.perf_counter()
    table, outcome = run_rule(engine, sufficiency, rule, as_of, thresholds)
    return table, msgspec.structs.replace(outcome, seconds=round(time.perf_counter() - start, 3))


def run_rule(
    engine: Engine, sufficiency: Sufficiency, rule: Rule, as_of: date, thresholds: Thresholds
) -> tuple[pa.Table, Outcome]:
    """Run one rule and return its findings (schema FINDINGS, not yet in order) and its outcome."""
    nothing = FINDINGS.empty_table()
    notes = set_aside(rule, thresholds)
    lacking = sufficiency.lacking(rule)
    if lacking:
        return nothing, Outcome("not-enough-data", missing=lacking, notes=notes)
    try:
        table = pa.concat_tables([nothing, *_by_values(engine, rule, as_of, thresholds)])
    except QueryFailed as error:
        return nothing, Outcome("failed", problem=error.en, notes=notes)
    except (NotFindings, pa.ArrowException, KeyError) as error:
        return nothing, Outcome("failed", problem=f"{error}\n{rule.sql}", notes=notes)
    return table, _outcome(table.num_rows, sufficiency.unjudged(rule), notes)


def _outcome(count: int, unjudged: tuple[Bilingual, ...], notes: tuple[Bilingual, ...]) -> Outcome:
    if count:
        return Outcome("found", count, unjudged, notes=notes)
    return Outcome("not-enough-data" if unjudged else "none", 0, unjudged, notes=notes)


def _by_values(engine: Engine, rule: Rule, as_of: date, thresholds: Thresholds) -> list[pa.Table]:
    """Run the rule once with its defaults, and once more for each set of values that counties have chosen for it."""
    chosen: dict[str, list[str]] = {}
    for county in sorted(thresholds):
        values = values_for(rule, county, thresholds)
        if values != rule.defaults:
            chosen.setdefault(_JSON.encode(values).decode(), []).append(county)
    apart = [county for counties in chosen.values() for county in counties]
    known = engine.run("SELECT county FROM county", {}).column("county").to_pylist() if apart else []
    tables: list[pa.Table] = []
    if not apart or set(known) - set(apart):
        tables.append(_findings(engine, rule, as_of, rule.defaults, apart, chosen=False))
    own = [(values_for(rule, counties[0], thresholds), counties) for counties in chosen.values()]
    return tables + [_findings(engine, rule, as_of, values, counties, chosen=True) for values, counties in own]


def _findings(
    engine: Engine, rule: Rule, as_of: date, values: dict[str, Value], counties: list[str], *, chosen: bool
) -> pa.Table:
    """Return the findings with these values, of these counties (chosen) or of all but these."""
    arguments: dict[str, Argument] = {**values, "as_of": as_of}
    found = engine.run(rule.sql, arguments)
    missing = [name for name in COLUMNS if name not in found.column_names]
    if missing:
        raise NotFindings(f"columns missing: {', '.join(missing)}")
    if counties:
        inside = pc.is_in(found.column("county"), pa.array(counties, pa.string()))
        found = found.filter(inside if chosen else pc.invert(inside))
    strange = sorted({str(value) for value in pc.unique(found.column("severity")).to_pylist()} - set(GRAVITY))
    if strange:
        raise NotFindings(f"no severity: {', '.join(strange)}")
    return _as_findings(rule, found, values, as_of)


def _as_findings(rule: Rule, found: pa.Table, values: dict[str, Value], as_of: date) -> pa.Table:
    """Return a rule's rows in the schema FINDINGS, with their reasons."""
    rows = found.num_rows
    reason_zh, reason_en = render(rule.card.reason, found, {**values, "as_of": as_of})
    constant: dict[str, str | int | bool] = {
        "rule": rule.id,
        "version": rule.version,
        "family": rule.card.family,
        "category": rule.card.category,
        "addressee": rule.card.addressee,
        "alone": rule.card.alone,
        "parameters": _JSON.encode(values).decode(),
    }
    texts = {
        "details": [_JSON.encode(row).decode() for row in found.column("details").to_pylist()],
        "reason_zh": reason_zh,
        "reason_en": reason_en,
    }
    columns = []
    for field in FINDINGS:
        if field.name in constant:
            columns.append(pa.repeat(pa.scalar(constant[field.name], field.type), rows))
        elif field.name in texts:
            columns.append(pa.array(texts[field.name], field.type))
        else:
            column = found.column(field.name).combine_chunks().cast(field.type)
            columns.append(pc.round(column, 6) if pa.types.is_float64(field.type) else column)
    return pa.Table.from_arrays(columns, schema=FINDINGS)


def ordered(findings: pa.Table) -> pa.Table:
    """Return the findings in ORDER (NULL last; then severity and details), the same whatever order they came in."""
    joined = ["\n".join(items or ()) for items in findings.column("evidence").to_pylist()]
    keyed = findings.append_column("evidence_key", pa.array(joined, pa.string()))
    names = [name if name != "evidence" else "evidence_key" for name in ORDER] + ["severity", "details"]
    return findings.take(pc.sort_indices(keyed, sort_keys=[(name, "ascending") for name in names]))
