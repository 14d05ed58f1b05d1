"""The world that rules see: every record type as it was known at one ledger position and one as-of day."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType

import duckdb

from domain.contract import RECORD_TYPES
from domain.form import RecordType
from projections.amendments import SETTLED, amendments_select, build_amendments
from projections.beside import Beside, Step
from projections.cases import CASE_TABLES, build_cases
from projections.codes import TYPES, Codes, make_types
from projections.columns import own_date, projection_of
from projections.household_numbers import told_apart
from projections.kept.world import KeptWorld
from projections.place import TEMPORARY, Place
from projections.policy.standing import build_policy, policy_tables
from projections.reading import names_read, words
from projections.statements import statements_of

VIEWS = Path(__file__).parent / "views"
KEPT = Path(__file__).parent / "kept"
FEW = 250_000
"""Rows of a record type up to which they are worked out once: of more, columns that nobody reads would take memory."""
_TEXT: Mapping[str, str] = MappingProxyType({})
"""Types of columns none of which is coded."""
OFTEN = 3
"""Queries that make this worth it."""
GROUPED = frozenset({"households"})
"""Record types of which a row says what it does only beside the others of its county: too dear for a view."""
_CASES = frozenset(table.name for table in CASE_TABLES)


def shared_views() -> Iterator[tuple[str, str]]:
    """Yield name and SELECT of every shared view, in the order in which they build on each other."""
    for path in sorted(VIEWS.glob("*.sql")):
        yield path.stem.split("_", 1)[1], path.read_text(encoding="utf-8")


def as_of_select(
    record_type: RecordType, position: int, as_of: date, *, as_known: bool = False, types: Mapping[str, str] = _TEXT
) -> str:
    """Return the SELECT of the record type's latest versions up to a position and a day; `types`: of coded columns.

    Dates that lie behind the day inside a record are NULL, but for terms (due_on, valid_until); records dated behind it
    are left out. With `as_known` (back-tests) a version counts only from the day on which it was known.
    """
    projection = projection_of(record_type.name)
    day, own = f"DATE '{as_of.isoformat()}'", own_date(record_type)
    later = {field.column for field in record_type.fields if field.type == "date" and not field.term} - {own}
    shown = {name: f"CASE WHEN {name} <= {day} THEN {name} END AS {name}" for name in later}
    shown |= {name: f"CAST({name} AS {code}) AS {name}" for name, code in types.items()}
    columns = ", ".join(shown.get(name, name) for name in projection.names)
    known = f"known_on <= {day}" if as_known else f"(changed_at IS NULL OR CAST(changed_at AS DATE) <= {day})"
    upto = f"position <= {position} AND {known}"
    dated = f"({own} IS NULL OR {own} <= {day})"
    table = f"history.{projection.table}"
    every = f"SELECT {', '.join(projection.names)} FROM {table} WHERE {upto}"
    newest = "coalesce(changed_at, TIMESTAMP '0001-01-01 00:00:00') DESC, version DESC"
    latest = f"row_number() OVER (PARTITION BY county, source, record_id ORDER BY {newest}) = 1"
    select = (
        f"SELECT {columns} FROM ({every} AND NOT amended UNION ALL {every} AND amended QUALIFY {latest}) WHERE {dated}"
    )
    return told_apart(select, projection.names) if record_type.name in GROUPED else select


def build_world(
    connection: duckdb.DuckDBPyConnection,
    position: int,
    as_of: date,
    *,
    as_known: bool = False,
    queries: Iterable[str] | None = None,
    kept: KeptWorld | None = None,
    beside: Beside | None = None,
    codes: Codes | None = None,
) -> None:
    """Create, as temporary views and tables of the connection, all that a rule may read.

    `queries`: the SQL that will be asked of this world; only those shared views that it reads are built then. None:
    all. `kept`: what it holds is taken instead of built, and `queries` are all that it will be asked. `beside`: made
    side by side for all its connections, the shared views by `Beside.each`. `codes`: codes_held; few values are codes.
    """
    asked = None if queries is None else tuple(queries)
    views = tuple(shared_views()) if asked is None else _views_read(asked)
    types = _TEXT if codes is None else TYPES
    forms = RECORD_TYPES.values()
    selects = {form.table: as_of_select(form, position, as_of, as_known=as_known, types=types) for form in forms}
    worked_out = _worked_out(connection, asked, views)
    standing = frozenset() if kept is None else kept.standing
    place = TEMPORARY if beside is None else beside.place
    if not standing:
        make_types(connection, place, codes or {})
    shown = {name: select for name, select in selects.items() if name not in worked_out | standing}
    for each in (connection,) if beside is None else beside.connections:
        _show(each, shown, standing, position, as_of)
    base = (
        *(_base(place, name, select, table=name in worked_out) for name, select in selects.items()),
        Step({"amendments"}, lambda on: build_amendments(on, position, as_of, as_known=as_known, place=place)),
        Step(policy_tables(), lambda on: build_policy(on, position, as_of, place=place)),
    )
    anew = (_looked_at(step, kept) for step in base if not standing.issuperset(step.makes))
    _make(tuple(anew), [_view(place, name, select, as_of, kept) for name, select in views], connection, beside)
    if kept is not None:
        kept.stood({*_CASES, *(name for step in base for name in step.makes)})


def _show(
    connection: duckdb.DuckDBPyConnection, selects: Mapping[str, str], standing: frozenset[str], position: int,
    as_of: date,
) -> None:  # fmt: skip
    """Let a connection see the record types that are views, and the cases, where they do not stand yet."""
    _forget(connection, standing)
    for name, select in selects.items():
        connection.execute(f"CREATE TEMP VIEW {name} AS {select}")
    if not standing >= _CASES:
        build_cases(connection, position, as_of)


def _make(
    base: Sequence[Step], views: Sequence[Step], connection: duckdb.DuckDBPyConnection, beside: Beside | None
) -> None:
    """Make all steps one after the other; or the base side by side, and leave the views to those who ask for them."""
    if beside is not None:
        beside.make(base)
        beside.leave(views)
        return
    for step in (*base, *views):
        step.make(connection)


def _views_read(queries: Iterable[str]) -> tuple[tuple[str, str], ...]:
    views = tuple(shared_views())
    wanted = names_read(queries, views)
    return tuple((name, select) for name, select in views if name in wanted)


def _worked_out(
    connection: duckdb.DuckDBPyConnection, queries: Iterable[str] | None, views: Iterable[tuple[str, str]]
) -> frozenset[str]:
    """Return the record types that are no views but tables: of few rows or GROUPED, and read by several of the queries.

    A view is bound, planned and worked out by every query that names it.
    """
    held = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'history' AND estimated_size <= ?"
    small = {str(row[0]) for row in connection.execute(held, [FEW]).fetchall()}
    few = frozenset(form.table for form in RECORD_TYPES.values() if form.table in small or form.name in GROUPED)
    if queries is None:
        return few
    times = Counter(name for text in (*queries, *(select for _, select in views)) for name in words(text) & few)
    return frozenset(name for name in few if times[name] >= OFTEN)


def _forget(connection: duckdb.DuckDBPyConnection, standing: frozenset[str]) -> None:
    """Drop what the connection has of an earlier world and does not stand: it may be a table where a view comes now."""
    temporary = (
        "SELECT 'TABLE', table_name FROM duckdb_tables() WHERE temporary "
        "UNION ALL SELECT 'VIEW', view_name FROM duckdb_views() WHERE temporary AND NOT internal"
    )
    names = {form.table for form in RECORD_TYPES.values()} | {name for name, _ in shared_views()}
    names |= {"amendments", *policy_tables()}
    for kind, name in connection.execute(temporary).fetchall():
        if name in names - standing:
            connection.execute(f"DROP {kind} temp.{name}")


def _base(place: Place, name: str, select: str, *, table: bool) -> Step:
    """Return the step that works out a record type's rows; nothing is left to do where a view shows them."""

    def make(connection: duckdb.DuckDBPyConnection) -> None:
        if table:
            connection.execute(f"{place.drop}{name}")
            connection.execute(f"{place.create}{name} AS {select}")

    return Step({name}, make)


def _looked_at(step: Step, kept: KeptWorld | None) -> Step:
    """Return the step, after which a world that is kept looks at what it made."""
    if kept is None:
        return step

    def make(connection: duckdb.DuckDBPyConnection) -> None:
        step.make(connection)
        for name in step.makes:
            kept.look(connection, name)

    return Step(step.makes, make, step.reads)


def _view(place: Place, name: str, select: str, as_of: date, kept: KeptWorld | None) -> Step:
    """Return the step that builds a shared view, or takes what is kept of it."""
    used = {"as_of": as_of} if "$as_of" in select else {}

    def make(connection: duckdb.DuckDBPyConnection) -> None:
        if kept is not None:
            kept.view(connection, name, select, used)
            return
        connection.execute(f"{place.drop}{name}")
        (statement,) = statements_of(connection, f"{place.create}{name} AS {select}")
        connection.execute(statement, used)

    return Step({name}, make, words(select))


def shape(codes: Codes) -> str:
    """Return a digest of the SQL that makes base tables of events, at any position and day, and of what compares them.

    What was kept holds only where the digest is the same: of this program, and by the same codes, since rows are
    compared by these.
    """
    day = date(2000, 1, 1)
    parts = [as_of_select(record_type, 0, day) for record_type in RECORD_TYPES.values()]
    parts += [amendments_select(name, 0, day) for name in SETTLED]
    parts += [path.read_text(encoding="utf-8") for path in sorted(KEPT.glob("*.py"))]
    parts += [f"{name} {sorted(values)}" for name, values in sorted(codes.items())]
    return hashlib.sha256("\n".join([duckdb.__version__, *parts]).encode()).hexdigest()


def last_business_day(connection: duckdb.DuckDBPyConnection, position: int) -> date | None:
    """Return the last day of any payment, cash receipt, terminal transaction, refund or void that does not stand alone.

    A day more than 90 days from any other is a defect and does not count; where all are, the one with most records
    does, the later of two. None where there is no record.
    """
    parts = [
        f"SELECT {column} AS day, count(*) AS n FROM history.{table} "
        f"WHERE position <= {position} AND {column} IS NOT NULL GROUP BY ALL"
        for table, column in (
            ("payments", "paid_on"), ("cash_receipts", "received_on"), ("pos_transactions", "occurred_on"),
            ("refunds", "refunded_on"), ("payment_voids", "voided_on"),
        )
    ]  # fmt: skip
    row = connection.execute(
        f"WITH days AS (SELECT day, sum(n) AS n FROM ({' UNION ALL '.join(parts)}) GROUP BY day), "
        "spaced AS (SELECT day, lag(day) OVER (ORDER BY day) AS before, lead(day) OVER (ORDER BY day) AS after "
        "FROM days) "
        "SELECT coalesce(max(day), (SELECT day FROM days ORDER BY n DESC, day DESC LIMIT 1)) FROM spaced "
        "WHERE date_diff('day', before, day) <= 90 OR date_diff('day', day, after) <= 90"
    ).fetchone()
    return row[0] if row else None
