"""Rules on trial in a screening: run beside the others, recorded with a mark, never scored."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import duckdb
import msgspec
import pyarrow as pa

from casework.rule_life.versions import Version
from risk.catalogue.variants import without
from risk.engine import DuckDBEngine
from risk.outcome import Outcome
from risk.screening import FINDINGS, ordered, run_rule
from risk.sufficiency import Sufficiency
from risk.thresholds import Thresholds

TRIAL = "trial"
"""The column of findings.parquet that names the version of a finding on trial; NULL where the finding counts."""


class Trials(NamedTuple):
    """What the rules on trial found."""

    findings: pa.Table
    """risk.screening.FINDINGS and TRIAL."""
    outcomes: dict[str, Outcome]
    """By version."""


def run_trials(
    connection: duckdb.DuckDBPyConnection, versions: Sequence[Version], as_of: date, in_force: Thresholds
) -> Trials:
    """Run versions over the connection's world; a failed one stops nothing. `in_force`: the policy's thresholds."""
    found, outcomes = [marked(FINDINGS.empty_table(), None)], {}
    engine = DuckDBEngine(connection)
    sufficiency = Sufficiency(engine)
    for version in versions:
        start = time.perf_counter()
        table, outcome = run_version(engine, sufficiency, version, as_of, in_force)
        outcomes[version.name] = msgspec.structs.replace(outcome, seconds=round(time.perf_counter() - start, 3))
        found.append(marked(ordered(table), version.name))
    return Trials(pa.concat_tables(found), outcomes)


def run_version(
    engine: DuckDBEngine, sufficiency: Sufficiency, version: Version, as_of: date, in_force: Thresholds
) -> tuple[pa.Table, Outcome]:
    """Run one version: its own values stand above the policy's thresholds, which stand above its defaults."""
    return run_rule(engine, sufficiency, version.rule, as_of, without(in_force, version.rule.id, version.values))


def marked(findings: pa.Table, name: str | None) -> pa.Table:
    """Return findings with the version on trial that they are of; None: they count."""
    return findings.append_column(TRIAL, pa.repeat(pa.scalar(name, pa.string()), findings.num_rows))


def recorded(findings: pa.Table, trials: Trials) -> pa.Table:
    """Return all findings of a run as findings.parquet records them: those that count and those on trial."""
    return pa.concat_tables([marked(findings, None), trials.findings])
