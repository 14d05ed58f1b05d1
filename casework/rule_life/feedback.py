"""What came of each rule's findings: the outcome of every suspicion beside the findings that somebody looked into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import NamedTuple

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from casework.rule_life.shadow import TRIAL
from casework.rule_life.shares import measured
from casework.runs import Run, runs
from domain.cases.backtest import Measured
from ledger.home import Home
from projections.cases import build_cases
from projections.models import ReadModels
from risk.anomaly.outcomes import recorded
from risk.catalogue.rule import Rule
from risk.feedback.advice import Advice, Looked, advise

_FINDING = """
SELECT
    rule, coalesce(trial, '') AS trial, county, township, measure, threshold, parameters,
    'S' || left(sha256(concat_ws(
        chr(31), county, coalesce(json_extract_string(details, '$.category'), category), subject_type, subject_id
    )), 16) AS suspicion_id
FROM findings
WHERE severity <> 'watch'
"""
_TABLES = """
-- one row per suspicion with a decision: what the best word about it is, and the position of the first decision
CREATE TABLE told AS
SELECT
    k.county, k.suspicion_id, k.township, o.first_at, k.checked IS NOT NULL AS checked,
    coalesce(k.checked = 'wrong', false) OR (k.answer = 'confirmed' AND k.checked IS DISTINCT FROM 'right') IS TRUE
        AS wrong
FROM known AS k
INNER JOIN (
    SELECT county, suspicion_id, min(position) AS first_at FROM decisions GROUP BY county, suspicion_id
) AS o ON o.county = k.county AND o.suspicion_id = k.suspicion_id
WHERE k.answer IS NOT NULL OR k.checked IS NOT NULL;
CREATE TABLE looked (
    rule VARCHAR, trial VARCHAR, county VARCHAR, suspicion_id VARCHAR, township VARCHAR, wrong BOOLEAN,
    checked BOOLEAN, measure DOUBLE, threshold DOUBLE, parameters VARCHAR
)
"""
_LOOK = f"""
INSERT INTO looked
SELECT
    f.rule, f.trial, f.county, f.suspicion_id, coalesce(t.township, f.township), t.wrong, t.checked, f.measure,
    f.threshold, f.parameters
FROM ({_FINDING}) AS f
INNER JOIN told AS t ON t.county = f.county AND t.suspicion_id = f.suspicion_id
WHERE t.first_at > $recorded AND (f.suspicion_id, f.trial = '') NOT IN (
    SELECT DISTINCT (suspicion_id, trial = '') FROM looked
)
"""
_NOW = f"""
SELECT f.rule, f.suspicion_id, f.measure, f.threshold, f.parameters
FROM ({_FINDING}) AS f
ANTI JOIN told AS t ON t.county = f.county AND t.suspicion_id = f.suspicion_id
WHERE f.trial = ''
ORDER BY ALL
"""
_PRECISION = """
WITH one AS (SELECT DISTINCT rule, trial, suspicion_id, coalesce(township, '') AS township, wrong, checked FROM looked)
SELECT
    rule, trial, township, count(*) FILTER (wrong), count(*), count(*) FILTER (checked)
FROM one
GROUP BY GROUPING SETS ((rule, trial, township), (rule, trial))
ORDER BY rule, trial, township NULLS FIRST
"""
_EXPLANATIONS = """
WITH standing AS (
    SELECT county, suspicion_id, source, outcome, explanation
    FROM decisions
    QUALIFY row_number() OVER (
        PARTITION BY county, suspicion_id, source ORDER BY decided_on DESC, position DESC
    ) = 1
)
SELECT l.rule, l.trial, s.explanation, count(DISTINCT l.suspicion_id) AS suspicions
FROM looked AS l
INNER JOIN standing AS s ON s.county = l.county AND s.suspicion_id = l.suspicion_id
WHERE s.outcome = 'cleared' AND s.explanation IS NOT NULL AND NOT l.wrong
GROUP BY ALL
ORDER BY l.rule, l.trial, suspicions DESC, s.explanation
"""
_LOOKED = "SELECT suspicion_id, wrong, measure, threshold, parameters FROM looked WHERE rule = $rule AND trial = ''"


class RuleOutcomes(msgspec.Struct, frozen=True):
    """What came of the suspicions that a rule raised or strengthened, as far as somebody looked."""

    rule: str
    trial: str
    """Version on trial; '' of the rule that counts."""
    precision: Measured
    """Found wrong, of those with an outcome: each by the best word about it."""
    checked: int
    """Of these, looked into by a spot check or an inspection: the others rest on the township's own word."""
    townships: dict[str, Measured]
    """By township; '' where none is known."""
    explanations: dict[str, int]
    """Innocent explanation to the cleared suspicions in which it held, the most frequent first."""


class Heard(NamedTuple):
    """The outcomes of a home beside its findings."""

    outcomes: list[RuleOutcomes]
    unmatched: int
    """Suspicions with an outcome that no kept screening showed before: their findings are not known."""
    advice: list[Advice]


def hear(home: Home, as_of: date, rules: Sequence[Rule] = ()) -> Heard:
    """Return what outcomes up to a day say of every rule, and the advice for some. Broken."""
    with ReadModels(home.read_models, home.ledger) as models:
        build_cases(models.connection, models.position, as_of)
        known = recorded(models.connection)
        decisions = models.connection.sql("SELECT * FROM outcomes").to_arrow_table()
    with duckdb.connect(":memory:", config={"threads": 1}) as table:
        table.register("known", known)
        table.register("decisions", decisions)
        table.execute(_TABLES)
        kept = [run for run in reversed(runs(home)) if run.event.found]
        for run in kept:
            _look(table, home, run)
        now = _now(table, home, kept[0]) if kept else {}
        (row,) = table.execute(
            "SELECT count(*) FROM told WHERE suspicion_id NOT IN (SELECT suspicion_id FROM looked)"
        ).fetchall()
        advice = [one for rule in rules for one in advise(rule, _looked(table, rule.id), now.get(rule.id, []))]
        return Heard(_outcomes(table), int(row[0]), advice)


def _look(table: duckdb.DuckDBPyConnection, home: Home, run: Run) -> None:
    """Add the run's findings of suspicions that were decided after it and that no later run showed before that."""
    table.register("findings", _findings(home, run))
    table.execute(_LOOK, {"recorded": run.recorded})
    table.unregister("findings")


def _findings(home: Home, run: Run) -> pa.Table:
    columns = [
        "rule", TRIAL, "county", "category", "subject_type", "subject_id", "township", "severity", "measure",
        "threshold", "parameters", "details",
    ]  # fmt: skip
    return pq.read_table(BytesIO(home.objects.get(run.event.found)), columns=columns)


def _now(table: duckdb.DuckDBPyConnection, home: Home, run: Run) -> dict[str, list[Looked]]:
    """Return by rule the newest screening's findings of suspicions that nobody has decided about."""
    table.register("findings", _findings(home, run))
    found: dict[str, list[Looked]] = {}
    for rule, suspicion, measure, threshold, values in table.execute(_NOW).fetchall():
        found.setdefault(rule, []).append(Looked(suspicion, None, measure, threshold, _values(values)))
    table.unregister("findings")
    return found


def _looked(table: duckdb.DuckDBPyConnection, rule: str) -> list[Looked]:
    rows = table.execute(f"{_LOOKED} ORDER BY ALL", {"rule": rule}).fetchall()
    return [Looked(name, wrong, measure, threshold, _values(text)) for name, wrong, measure, threshold, text in rows]


def _values(text: str) -> Mapping[str, object]:
    return msgspec.json.decode(text, type=dict[str, object])


def _outcomes(table: duckdb.DuckDBPyConnection) -> list[RuleOutcomes]:
    explanations: dict[tuple[str, str], dict[str, int]] = {}
    for rule, trial, explanation, count in table.execute(_EXPLANATIONS).fetchall():
        explanations.setdefault((rule, trial), {})[explanation] = count
    whole: dict[tuple[str, str], tuple[Measured, int]] = {}
    townships: dict[tuple[str, str], dict[str, Measured]] = {}
    for rule, trial, township, wrong, count, checked in table.execute(_PRECISION).fetchall():
        if township is None:
            whole[rule, trial] = measured(wrong, count), checked
        else:
            townships.setdefault((rule, trial), {})[township] = measured(wrong, count)
    return [
        RuleOutcomes(*key, precision, checked, townships[key], explanations.get(key, {}))
        for key, (precision, checked) in whole.items()
    ]
