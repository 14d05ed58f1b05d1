"""Who and what a suspicion's records join: collector, terminals, payers, cards and accounts, households."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

import duckdb

from domain.contract import RECORD_TYPES
from projections.as_of import as_of_select
from web.cases.pieces import Piece

COLLECTOR, TERMINAL, PAYER, ACCOUNT, HOUSEHOLD = "collector", "terminal", "payer", "account", "household"
SORTS = (COLLECTOR, TERMINAL, PAYER, ACCOUNT, HOUSEHOLD)
TOOK, PAID, SWIPED, KEPT, LIVES = "took", "paid", "swiped", "kept", "lives"
"""What joins two: cash or payment taken, money of an account, a card at a terminal, a terminal in hand, a household."""
_NAMED = """
SELECT payer, min(payer_name)
FROM (
    SELECT payer, payer_name FROM history.rosters
    UNION ALL
    SELECT payer, payer_name FROM history.payments
    UNION ALL
    SELECT payer, payer_name FROM history.cash_receipts
)
WHERE payer IN (SELECT unnest($payers)) AND payer_name IS NOT NULL
GROUP BY payer
"""
MOST = 60
"""Nodes that are shown: those with the most records, the subject first."""


class Knot(NamedTuple):
    """Somebody or something: its sort and the source's id or token."""

    sort: str
    id: str


class Join(NamedTuple):
    """Two of them, what joins them, and how many records say so."""

    first: Knot
    second: Knot
    how: str
    records: int


class Network(NamedTuple):
    """What is shown, and how many are not."""

    knots: tuple[Knot, ...]
    joins: tuple[Join, ...]
    names: Mapping[Knot, str]
    """Knot to the token of a name, of payers and collectors where a record has one."""
    left_out: int


def network(
    subject: Knot | None,
    records: Collection[Piece],
    households: Mapping[str, str],
    named: Mapping[str, str] = MappingProxyType({}),
) -> Network:
    """Return the network of records; `households`: payer to household number, `named`: payer to a name's token."""
    counted: Counter[tuple[Knot, Knot, str]] = Counter()
    names = {Knot(PAYER, payer): name for payer, name in named.items()}
    for piece in records:
        counted.update(set(_joined(piece)))
        if piece.name is not None:
            knot = Knot(COLLECTOR, piece.collector or "") if piece.type == "collectors" else _payer(piece)
            if knot is not None:
                names.setdefault(knot, piece.name)
    payers = {knot for first, second, _ in counted for knot in (first, second) if knot.sort == PAYER}
    shared = Counter(households[knot.id] for knot in payers if knot.id in households)
    for knot in sorted(payers):
        number = households.get(knot.id)
        if number is not None and shared[number] > 1:
            counted[knot, Knot(HOUSEHOLD, number), LIVES] = 1
    return _bounded(subject, counted, names)


def names_of(facts: duckdb.DuckDBPyConnection, payers: Collection[str]) -> dict[str, str]:
    """Return payer to the token of a name under which records have them."""
    return dict(facts.execute(_NAMED, {"payers": sorted(payers)}).fetchall()) if payers else {}


def households_of(facts: duckdb.DuckDBPyConnection, payers: Collection[str], head: int, day: date) -> dict[str, str]:
    """Return the households of payers as the register has them on a day."""
    register = as_of_select(RECORD_TYPES["households"], head, day)
    query = (
        f"SELECT payer, min(household_no) FROM ({register}) WHERE payer IN (SELECT unnest($payers)) "
        "AND household_no IS NOT NULL AND (valid_to IS NULL OR valid_to > $day) GROUP BY payer"
    )
    return dict(facts.execute(query, {"payers": sorted(payers), "day": day}).fetchall()) if payers else {}


def _payer(piece: Piece) -> Knot | None:
    return Knot(PAYER, piece.person) if piece.person else None


def _joined(piece: Piece) -> Iterable[tuple[Knot, Knot, str]]:
    """Yield what one record joins."""
    collector = Knot(COLLECTOR, piece.collector) if piece.collector else None
    terminal = Knot(TERMINAL, piece.terminal) if piece.terminal else None
    account = Knot(ACCOUNT, piece.account) if piece.account else None
    payer = _payer(piece)
    if piece.type == "collectors":
        return
    if terminal and collector and piece.type == "terminals":
        yield collector, terminal, KEPT
    if account and terminal and piece.type == "pos-transactions":
        yield account, terminal, SWIPED
    if account and payer:
        yield account, payer, PAID
    if collector and payer:
        yield collector, payer, TOOK
    elif terminal and payer and not account:
        yield terminal, payer, TOOK


def _bounded(subject: Knot | None, counted: Counter[tuple[Knot, Knot, str]], names: Mapping[Knot, str]) -> Network:
    """Return the joins among the knots with the most records."""
    weights: Counter[Knot] = Counter()
    for (first, second, _), records in counted.items():
        weights[first] += records
        weights[second] += records
    ranked = sorted(weights, key=lambda knot: (knot != subject, -weights[knot], knot))
    shown = ranked[:MOST]
    kept = set(shown)
    joins = [
        Join(first, second, how, records)
        for (first, second, how), records in sorted(counted.items())
        if first in kept and second in kept
    ]
    return Network(tuple(shown), tuple(joins), names, len(ranked) - len(shown))
