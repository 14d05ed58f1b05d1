"""The table of suspicions: filtered, sorted and paged by key, so that an address is a state of it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec
import pyarrow as pa

from casework.cases.below import known_below, pictured_below, told_below
from domain.cases.suspicion_state import SuspicionState
from web.cases.labels import LABELS
from web.cases.places import Places
from web.cases.standing import Standing

PAGE = 50
UNFINISHED = "unfinished"
"""In the place of a state: every one in which something is still expected."""
NOWHERE = "none"
"""In the place of a township: of none."""
SEVERITY = {name: place for place, name in enumerate(("critical", "high", "medium", "low", "watch"))}
_TABLE = Path(__file__).with_name("suspicion_table.sql").read_text(encoding="utf-8")
_SORTS = {
    "severity": ("by_severity", "by_score", "by_fen", "id"),
    "amount": ("by_fen", "id"),
    "newest": ("by_day", "id"),
    "place": ("township", "by_severity", "by_score", "id"),
}
"""Sort to the columns by which the rows rise; the last one is a key."""
SORTS = tuple(_SORTS)
_TEXT = (
    "(contains(lower(id), $text) OR contains(lower(list_id), $text) OR contains(lower(subject_id), $text) "
    "OR list_contains($places, township) OR list_contains($places, village))"
)
_SHOWN = "id, category, severity, state, subject_type, subject_id, township, village, fen, list_id, raised_on"
_FETCHED = 10_000
COUNTY = ""
"""In the place of the township or office that a row is for: the county, which sees all."""


class Filter(NamedTuple):
    """What is asked for; "" of everything."""

    state: str = ""
    """A state, or UNFINISHED."""
    category: str = ""
    severity: str = ""
    township: str = ""
    """A code, or NOWHERE."""
    text: str = ""
    """Part of the suspicion's, list's or subject's id, or of a place's name."""
    sort: str = "severity"
    after: str = ""
    """The suspicion behind which the page begins."""


class Row(msgspec.Struct, frozen=True, array_like=True):
    """A line of the table."""

    id: str
    category: str
    severity: str
    state: str
    """As who asks is told it."""
    subject_type: str
    subject_id: str
    township: str
    """Its code; "" of none."""
    village: str
    fen: int
    list_id: str
    raised_on: date | None


class Page(NamedTuple):
    """Some rows, with what lies around them."""

    rows: tuple[Row, ...]
    total: int
    fen: int
    next: str
    """For `after` of the page behind; "" where there is none."""


class SuspicionTable:
    """A table in memory that follows the cases, a changed one at a time; safe for threads."""

    def __init__(self, standing: Standing, places: Places) -> None:
        self._standing, self._places = standing, places
        self._lock = threading.Lock()
        self._opened: duckdb.DuckDBPyConnection | None = None
        self._at = -1

    def page(self, wanted: Filter, below: str | None = None, length: int = PAGE) -> Page:
        """Return a page; where it begins behind a suspicion that is not there any more, the first one.

        `below`: the township or office that asks; None: the county, which sees all.
        """
        with self._current() as store:
            where, given = self._where(wanted, below)
            totals = store.execute(f"SELECT count(*), coalesce(sum(fen), 0) FROM suspicions WHERE {where}", given)
            total, fen = totals.fetchone() or (0, 0)
            keys = ", ".join(_SORTS[wanted.sort])
            behind = store.execute(
                f"SELECT {keys} FROM suspicions WHERE id = $after AND below = $below",
                {"after": wanted.after, "below": below or COUNTY},
            )
            if (start := behind.fetchone()) is not None:
                names = [f"$key{place}" for place in range(len(start))]
                where += f" AND ({keys}) > ({', '.join(names)})"
                given |= {name[1:]: value for name, value in zip(names, start, strict=True)}
            query = f"SELECT {_SHOWN} FROM suspicions WHERE {where} ORDER BY {keys} LIMIT {length + 1}"
            rows = msgspec.convert(store.execute(query, given).fetchall(), list[Row])
            return Page(tuple(rows[:length]), total, int(fen), rows[length - 1].id if len(rows) > length else "")

    def every(self, wanted: Filter, below: str | None = None) -> Iterator[Row]:
        """Yield all rows of a filter, some of them in memory at a time."""
        with self._current() as store:
            where, given = self._where(wanted, below)
            keys = ", ".join(_SORTS[wanted.sort])
            store.execute(f"SELECT {_SHOWN} FROM suspicions WHERE {where} ORDER BY {keys}", given)
            while rows := store.fetchmany(_FETCHED):
                yield from msgspec.convert(rows, list[Row])

    def states(self, below: str | None = None) -> frozenset[str]:
        """Return the states that occur, as who asks is told them."""
        with self._current() as store:
            where, given = self._where(Filter(), below)
            found = store.execute(f"SELECT DISTINCT state FROM suspicions WHERE {where}", given).fetchall()
            return frozenset(row[0] for row in found)

    def _current(self) -> duckdb.DuckDBPyConnection:
        """Return a connection of the asker's own, the table being as the ledger is."""
        with self._lock:
            seen = self._standing.look()
            if self._at < seen.position:
                names = self._standing.changed(self._at)
                self.put([seen.suspicions[name] for name in names if name in seen.suspicions])
                self._at = seen.position
            return self._store.cursor()

    def put(self, states: Iterable[SuspicionState]) -> None:
        """Put suspicions as they stand in the place of what stood of them; whoever asks meanwhile sees all of one."""
        fresh = _columns(states)
        if not fresh.num_rows:
            return
        store = self._store
        store.register("fresh", fresh)
        store.begin()
        try:
            store.execute("DELETE FROM suspicions WHERE id IN (SELECT id FROM fresh)")
            store.execute("INSERT INTO suspicions SELECT * FROM fresh")
        except BaseException:
            store.rollback()
            raise
        finally:
            store.unregister("fresh")
        store.commit()

    @property
    def _store(self) -> duckdb.DuckDBPyConnection:
        """The table's own database, made when somebody asks first."""
        if self._opened is None:
            self._opened = duckdb.connect(":memory:", config={"threads": 1, "autoinstall_known_extensions": False})
            self._opened.execute(_TABLE)
        return self._opened

    def _where(self, wanted: Filter, below: str | None) -> tuple[str, dict[str, object]]:
        """Return the condition of a filter, and what it is given."""
        conditions, given = ["below = $below"], dict[str, object](below=below or COUNTY)
        for name in ("category", "severity", "state"):
            value = getattr(wanted, name)
            if value == UNFINISHED and name == "state":
                conditions.append("state NOT IN ('closed', 'withdrawn', 'changed')")
            elif value:
                conditions.append(f"{name} = ${name}")
                given[name] = value
        if wanted.township:
            conditions.append("township = $township")
            given["township"] = "" if wanted.township == NOWHERE else wanted.township
        if text := wanted.text.strip().casefold():
            conditions.append(_TEXT)
            given |= {"text": text, "places": self._places.named(text)}
        return " AND ".join(conditions), given


def _columns(states: Iterable[SuspicionState]) -> pa.Table:
    """Return suspicions as columns of the table, each for the county and for who below may know of it."""
    rows = [
        (
            state.suspicion_id, state.category, picture.severity, told, below, state.subject_type,
            state.subject_id if state.subject_type in {"collector", "terminal"} else "",
            picture.township or "", picture.village or "", picture.amount_fen, picture.score, state.list_id or "",
            state.raised_on, SEVERITY.get(picture.severity, len(SEVERITY)), -picture.score, -picture.amount_fen,
            -state.raised_on.toordinal() if state.raised_on else 0,
        )
        for state, told, below in _told(states) if (picture := state.picture) is not None
    ]  # fmt: skip
    columns = list(zip(*rows, strict=True)) or [()] * len(_TYPES)
    given = zip(_TYPES.items(), columns, strict=True)
    return pa.table({name: pa.array(column, kind) for (name, kind), column in given})


def _told(states: Iterable[SuspicionState]) -> Iterator[tuple[SuspicionState, str, str]]:
    """Yield suspicions with the state that is told, and to whom; "" to the county."""
    for state in states:
        yield state, state.state, COUNTY
        if below := known_below(state):
            yield pictured_below(state), told_below(state), below


_TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(("id", "category", "severity", "state", "below", "subject_type"), pa.string()),
    **dict.fromkeys(("subject_id", "township", "village"), pa.string()),
    "fen": pa.int64(),
    "score": pa.float64(),
    "list_id": pa.string(),
    "raised_on": pa.date32(),
    "by_severity": pa.int32(),
    "by_score": pa.float64(),
    "by_fen": pa.int64(),
    "by_day": pa.int32(),
}
"""Columns in the order of the table."""


def known(kind: str, value: str) -> str:
    """Return a value of a filter that exists, "" of another."""
    return value if value in LABELS[kind] or (kind, value) == ("suspicion", UNFINISHED) else ""
