"""Two screening runs side by side: which suspicions one has and the other has not, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import duckdb
import msgspec

from casework.runs import Run
from domain.cases.screening import ScreeningRun
from domain.contract import RECORD_TYPES
from domain.errors import Malformed, NotFound
from ledger.home import Home
from risk.anomaly.findings import RULE as ANOMALY
from risk.scoring.event_ids import record_of
from risk.scoring.suspicion import Suspicion, rows
from web.cases.labels import Pair
from web.methods.rules import ended

WHY: dict[str, Pair] = {
    "version": ("规则换了版本", "another version of a rule"),
    "threshold": ("阈值改变", "another threshold"),
    "outcome": ("规则一次未能判断", "a rule could not judge once"),
    "data": ("数据变化", "other data"),
    "day": ("截止日不同", "another day"),
    "model": ("异常模型不同", "another model"),
    "unknown": ("其他证据的共同作用", "what other findings did to it"),
}
"""Why a suspicion is in one run and not in the other; several may hold."""
RAN = frozenset({"found", "none"})


class Differing(msgspec.Struct, frozen=True):
    """How two runs differ before anything was found."""

    position: tuple[int, int]
    day: bool
    model: bool
    versions: tuple[str, ...]
    """Rules that ran in another version."""
    thresholds: tuple[tuple[str, str, str, str], ...]
    """Rule, parameter, its value in the first run and in the second."""
    outcomes: tuple[tuple[str, str, str], ...]
    """Rule and its two ends, where one run could not judge what the other could."""


class Side(msgspec.Struct, frozen=True):
    """A suspicion that one of the runs has alone, or both otherwise."""

    suspicion: Suspicion
    before: str
    """Severity in the first run, where both have it."""
    why: tuple[str, ...]


class Compared(msgspec.Struct, frozen=True):
    """Two runs beside each other; first is the older one."""

    first: Run
    second: Run
    differing: Differing
    same: int
    gained: tuple[Side, ...]
    lost: tuple[Side, ...]
    changed: tuple[Side, ...]
    """Of another severity."""


def run_id(run: Run) -> str:
    """Return the run as addresses have it."""
    return run.event_id.partition(":")[2].partition("@")[0]


def run_in(found: Sequence[Run], name: str) -> Run:
    """Return the run of an address; NotFound."""
    for run in found:
        if run_id(run) == name:
            return run
    raise NotFound(f"账本中没有筛查 {name}", f"the ledger has no screening {name}")


def compare(home: Home, connection: duckdb.DuckDBPyConnection, first: Run, second: Run) -> Compared:
    """Compare two runs that kept their scores. Refused where one did not, Broken, Malformed where both are one."""
    if first.event_id == second.event_id:
        raise Malformed("请选择两次不同的筛查", "choose two different screenings")
    if first.recorded > second.recorded:
        first, second = second, first
    one = {each.suspicion_id: each for each in rows(first.suspicions(home))}
    other = {each.suspicion_id: each for each in rows(second.suspicions(home))}
    differing = differences(first.event, second.event)
    gained = [other[name] for name in sorted(other.keys() - one.keys())]
    lost = [one[name] for name in sorted(one.keys() - other.keys())]
    moved = [(one[name], other[name]) for name in sorted(one.keys() & other.keys())]
    changed = [(before, after) for before, after in moved if before.severity != after.severity]
    asked = [*gained, *lost, *(after for _, after in changed)]
    newer = newer_records(connection, asked, differing.position[0])
    return Compared(
        first, second, differing, len(moved) - len(changed),
        tuple(Side(each, "", reasons(each, differing, newer, gained=True)) for each in _worst_first(gained)),
        tuple(Side(each, "", reasons(each, differing, newer, gained=False)) for each in _worst_first(lost)),
        tuple(Side(after, before.severity, reasons(after, differing, newer, gained=True)) for before, after in changed),
    )  # fmt: skip


def differences(first: ScreeningRun, second: ScreeningRun) -> Differing:
    """Return how two runs differ in what they ran on and with."""
    both = sorted(first.rules.keys() & second.rules.keys())
    only = sorted(first.rules.keys() ^ second.rules.keys())
    ends = [(rule, first.outcomes.get(rule, ""), second.outcomes.get(rule, "")) for rule in both]
    return Differing(
        (first.position, second.position), first.as_of != second.as_of, first.model != second.model,
        (*(rule for rule in both if first.rules[rule] != second.rules[rule]), *only),
        tuple(_thresholds(first.parameters, second.parameters)),
        tuple((rule, a, b) for rule, a, b in ends if (ended(a).kind in RAN) != (ended(b).kind in RAN)),
    )  # fmt: skip


def _thresholds(
    first: Mapping[str, Mapping[str, Mapping[str, object]]], second: Mapping[str, Mapping[str, Mapping[str, object]]]
) -> Iterable[tuple[str, str, str, str]]:
    for county in sorted(first.keys() & second.keys()):
        for rule in sorted(first[county].keys() & second[county].keys()):
            one, other = first[county][rule], second[county][rule]
            for name in sorted(one.keys() & other.keys()):
                if one[name] != other[name]:
                    yield rule, name, str(one[name]), str(other[name])


def reasons(
    suspicion: Suspicion, differing: Differing, newer: frozenset[str], *, gained: bool
) -> tuple[str, ...]:
    """Return why a suspicion is in one run alone, as far as the runs tell; keys of WHY.

    `newer`: event ids that the ledger took after the first run's position. What went away rests on older records: later
    ones explain it, so that there the data differ wherever the ledger grew.
    """
    rules = set(suspicion.rules)
    grown = differing.position[1] > differing.position[0]
    found = {
        "version": bool(rules & set(differing.versions)),
        "threshold": bool(rules & {rule for rule, *_ in differing.thresholds}),
        "outcome": bool(rules & {rule for rule, *_ in differing.outcomes}),
        "data": bool(newer & set(suspicion.evidence)) if gained else grown,
        "day": differing.day,
        "model": differing.model and ANOMALY in rules,
    }
    told = tuple(name for name, holds in found.items() if holds)
    return told or (("data",) if grown else ("unknown",))


def newer_records(
    connection: duckdb.DuckDBPyConnection, suspicions: Iterable[Suspicion], position: int
) -> frozenset[str]:
    """Return those records of the evidence that the ledger took after a position."""
    by_table: dict[str, set[str]] = {}
    for event in {event for each in suspicions for event in each.evidence}:
        record_type = RECORD_TYPES.get(record_of(event).type)
        if record_type is not None:
            by_table.setdefault(record_type.table, set()).add(event)
    found: set[str] = set()
    for table, events in sorted(by_table.items()):
        query = f"SELECT event_id FROM history.{table} WHERE position > ? AND event_id IN (SELECT unnest(?))"
        found |= {row[0] for row in connection.execute(query, [position, sorted(events)]).fetchall()}
    return frozenset(found)


def _worst_first(suspicions: Iterable[Suspicion]) -> list[Suspicion]:
    return sorted(suspicions, key=lambda each: (-each.score, each.suspicion_id))
