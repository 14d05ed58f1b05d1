"""Collectors, terminals and villages: lists that are searched and paged by key, and the figures of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, TypeVar

from domain.errors import NotFound
from web.county.newest import query
from web.county.reckoned import Reckoning


class Collector(NamedTuple):
    """A collector of the registry or of the cash register."""

    id: str
    township: str | None
    role: str | None
    """None where nobody appointed them."""
    divisions: list[str]
    appointed_on: date | None
    relieved_on: date | None
    announced_on: date | None
    publicised_on: date | None
    duties: str | None
    """What they are to see to, as the registry says."""
    position: int | None
    """Of the newest appointment in the ledger."""
    lines: int
    taken_fen: int
    settled_fen: int
    open_fen: int
    late_lines: int
    """Lines of which something was paid in after its day."""
    first_on: date | None
    last_on: date | None


class Terminal(NamedTuple):
    """A terminal of the register or of the acquirer's log."""

    id: str
    township: str | None
    village: str | None
    keeper: str | None
    merchant_id: str | None
    installed_on: date | None
    withdrawn_on: date | None
    position: int | None
    sales: int
    charged_fen: int
    """Less what was given back."""
    unexplained: int
    unexplained_fen: int
    credit_fen: int
    first_on: date | None
    last_on: date | None


class Village(NamedTuple):
    """A village."""

    id: str
    township: str
    name: str | None
    position: int | None
    due: int
    """Persons on the rosters of all fees and years who have something to pay."""
    uncollected: int
    paid_fen: int
    lines: int
    taken_fen: int
    settled_fen: int
    open_fen: int
    collectors: int


Row = TypeVar("Row", Collector, Terminal, Village)
SORTS: dict[type[tuple[object, ...]], dict[str, str]] = {
    Collector: {"open": "x.open_fen", "taken": "x.taken_fen", "id": "0"},
    Terminal: {"unexplained": "x.unexplained_fen", "charged": "x.charged_fen", "id": "0"},
    Village: {"uncollected": "x.uncollected_count", "open": "x.open_fen", "taken": "x.taken_fen", "id": "0"},
}
"""Kind to the orders of its list, the first being that of who asks for none; each with what it goes by, most first."""
_QUERY: dict[type[tuple[object, ...]], tuple[str, str]] = {
    Collector: ("collectors", "x.id"),
    Terminal: ("terminals", "x.id"),
    Village: ("villages", "concat(x.id, ' ', coalesce(x.name, ''))"),
}
"""Kind to its query, and in what of it a text is searched."""
_RANK = re.compile(r"-?[0-9]{1,18}")
"""By what a page goes on: more figures no amount has."""


class Wanted(NamedTuple):
    """What of a list is asked for; "" of everything."""

    township: str = ""
    text: str = ""
    sort: str = ""
    after: str = ""
    """Rank and id of the row behind which a page begins."""


def listed(reckoning: Reckoning, kind: type[Row], wanted: Wanted, limit: int) -> list[Row]:
    """Return at most `limit` rows behind a row."""
    name, searched = _QUERY[kind]
    rank = rank_of(kind, wanted.sort)
    by, _, last = wanted.after.partition(" ")
    sql = (
        f"SELECT x.* FROM ({query(name)}) AS x WHERE ($township = '' OR x.township = $township) "
        f"AND ($text = '' OR contains(lower({searched}), lower($text))) "
        f"AND ($last = '' OR {rank} < $by OR ({rank} = $by AND x.id > $last)) ORDER BY {rank} DESC, x.id LIMIT {limit}"
    )
    given = {
        "township": wanted.township, "text": wanted.text.strip(), "by": int(by) if _RANK.fullmatch(by) else 0,
        "last": last,
    }  # fmt: skip
    return [kind(*row) for row in reckoning.connection.execute(sql, given).fetchall()]


def rank_of(kind: type[Row], sort: str) -> str:
    """Return the expression by which a list is sorted."""
    orders = SORTS[kind]
    return orders.get(sort) or next(iter(orders.values()))


def key(row: Collector | Terminal | Village, rank: str) -> str:
    """Return what `after` names a row by."""
    column = {"x.uncollected_count": "uncollected"}.get(rank, rank.removeprefix("x."))
    return f"{0 if rank == '0' else getattr(row, column)} {row.id}"


def one(reckoning: Reckoning, kind: type[Row], record_id: str, township: str | None) -> Row:
    """Return one of them; NotFound, also where it is of another township than the one that is asked for."""
    name, _ = _QUERY[kind]
    sql = f"SELECT x.* FROM ({query(name)}) AS x WHERE x.id = $id AND ($township IS NULL OR x.township = $township)"
    row = reckoning.connection.execute(sql, {"id": record_id, "township": township}).fetchone()
    if row is None:
        raise NotFound(f"没有 {record_id}", f"there is no {record_id}")
    return kind(*row)


def figures(reckoning: Reckoning, name: str, record_id: str) -> list[Mapping[str, int | str | date | None]]:
    """Return what a query says of one of them, row by row, column to value."""
    found = reckoning.connection.execute(query(name), {"id": record_id})
    columns = [each[0] for each in found.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def kept_terminals(reckoning: Reckoning, collector: str) -> list[str]:
    """Return the terminals that a collector keeps or kept."""
    found = reckoning.connection.execute(
        "SELECT DISTINCT t.record_id FROM terminals AS t WHERE t.collector_id = $id ORDER BY t.record_id",
        {"id": collector},
    )
    return [row[0] for row in found.fetchall()]


def collectors_in(reckoning: Reckoning, village: str) -> list[str]:
    """Return the collectors who were appointed for a village or took cash in it."""
    found = reckoning.connection.execute(
        "SELECT c.record_id FROM collectors AS c WHERE list_contains(c.division, $id) "
        "UNION SELECT s.collector_id FROM settlement AS s WHERE s.village = $id AND s.collector_id IS NOT NULL "
        "ORDER BY 1", {"id": village},
    )  # fmt: skip
    return [row[0] for row in found.fetchall()]


def terminals_in(reckoning: Reckoning, village: str) -> list[str]:
    """Return the terminals of a village."""
    found = reckoning.connection.execute(
        "SELECT DISTINCT t.record_id FROM terminals AS t WHERE t.village = $id ORDER BY t.record_id", {"id": village}
    )
    return [row[0] for row in found.fetchall()]
