"""The findings that stand while records come, as the following process left them: filtered, paged, beside the last run.

What it left is read anew when it changed; the last run's findings when there is a later run.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from casework.live.form import KEY, Account, LiveFiles
from casework.rule_life.shadow import TRIAL
from casework.runs import Run
from ledger.home import Home
from risk.screening import FINDINGS
from web.cases.screened import Screened
from web.cases.table import NOWHERE

PAGE = 50
SILENT = timedelta(seconds=30)
"""Without a word for so long, and three rounds, the process counts as gone."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TABLE = Path(__file__).with_name("live_table.sql").read_text(encoding="utf-8")
_COLUMNS = "id, seen_us, rule, severity, subject_type, subject_id, township, village, fee, fee_year, fen"
_ORDER = "by_time, by_severity, rule, id"


class LiveFilter(NamedTuple):
    """What is asked for; "" of everything."""

    rule: str = ""
    township: str = ""
    """A code, or NOWHERE."""
    fresh: bool = False
    """Only what the last recorded screening had not."""
    after: str = ""
    """The finding behind which the page begins."""


class LiveRow(msgspec.Struct, frozen=True, array_like=True):
    """A finding that stands."""

    id: str
    seen_us: int
    rule: str
    severity: str
    subject_type: str
    subject_id: str
    """"" where it is a person's token."""
    township: str
    village: str
    fee: str
    fee_year: int | None
    fen: int
    reason_zh: str
    reason_en: str
    fresh: bool
    """Not among the findings of the last recorded screening."""

    @property
    def first_seen(self) -> datetime:
        """When a round first found it."""
        return _EPOCH + timedelta(microseconds=self.seen_us)


class LivePart(NamedTuple):
    """Some rows, with what lies around them."""

    rows: tuple[LiveRow, ...]
    total: int
    """Of the filter."""
    all: int
    fresh: int
    """Of all."""
    next: str
    """For `after` of the page behind; "" where there is none."""
    rules: tuple[str, ...]
    """Rules that found something."""


class Stood(NamedTuple):
    """What the process left last, beside the last recorded screening."""

    account: Account
    run: Run | None
    """The last one; None where nothing was screened."""
    told: bool
    """The run kept its findings, so that what is new can be told."""


def silent_since(account: Account, now: datetime) -> datetime | None:
    """Return since when nothing was heard of the process; None while it runs."""
    if account.stopped_at is not None:
        return account.stopped_at
    patience = max(SILENT, timedelta(seconds=3 * account.seconds))
    return account.looked_at if now - account.looked_at > patience else None


class Live:
    """A table in memory of what the process left; safe for threads."""

    def __init__(self, home: Home, screened: Screened) -> None:
        self._home, self._screened = home, screened
        self._files = LiveFiles(home.folder)
        self._lock = threading.Lock()
        self._opened: duckdb.DuckDBPyConnection | None = None
        self._at: tuple[str, str] | None = None
        """File of findings and id of the run that the table is made of."""

    def page(self, wanted: LiveFilter, length: int = PAGE) -> tuple[Stood, LivePart] | None:
        """Return a page, newest first; None where no process ever ran. Broken, Unreachable: its files, or the run's.

        Where it begins behind a finding that stands no more, the first one.
        """
        with self._lock:
            stood = self._current()
            return None if stood is None else (stood, _page(self._store, wanted, length))

    def _current(self) -> Stood | None:
        """Make the table where what it is made of has changed; return what that is."""
        account, run = self._files.account(), self._screened.last()
        if account is None:
            return None
        told = run is not None and bool(run.event.found)
        if self._at != (account.findings, run.event_id if run is not None else ""):
            standing = self._files.read()
            if standing is None:
                return None
            account = standing.account
            self._make(standing.findings, self._recorded(run) if run is not None and told else None)
            self._at = account.findings, run.event_id if run is not None else ""
        return Stood(account, run, told)

    def _make(self, found: pa.Table, recorded: pa.Table | None) -> None:
        store = self._store
        store.register("found", found)
        store.register("recorded", FINDINGS.empty_table().select(KEY) if recorded is None else recorded)
        try:
            store.execute(_TABLE)
        finally:
            store.unregister("found")
            store.unregister("recorded")

    def _recorded(self, run: Run) -> pa.Table:
        """Return what the findings of a run that count are known by."""
        content = pq.read_table(BytesIO(self._home.objects.get(run.event.found)))
        if TRIAL in content.column_names:
            content = content.filter(pc.is_null(content.column(TRIAL)))
        return content.select(KEY)

    @property
    def _store(self) -> duckdb.DuckDBPyConnection:
        if self._opened is None:
            self._opened = duckdb.connect(":memory:", config={"threads": 1, "autoinstall_known_extensions": False})
        return self._opened


def _page(store: duckdb.DuckDBPyConnection, wanted: LiveFilter, length: int) -> LivePart:
    where, given = _where(wanted)
    (total,) = store.execute(f"SELECT count(*) FROM live WHERE {where}", given).fetchall()[0]
    every, fresh = store.execute("SELECT count(*), count(*) FILTER (fresh) FROM live").fetchall()[0]
    rules = store.execute("SELECT DISTINCT rule FROM live ORDER BY rule").fetchall()
    behind = store.execute(f"SELECT {_ORDER} FROM live WHERE id = $after", {"after": wanted.after}).fetchone()
    if behind is not None:
        names = [f"$key{place}" for place in range(len(behind))]
        where += f" AND ({_ORDER}) > ({', '.join(names)})"
        given |= {name[1:]: value for name, value in zip(names, behind, strict=True)}
    columns = f"{_COLUMNS}, reason_zh, reason_en, fresh"
    query = f"SELECT {columns} FROM live WHERE {where} ORDER BY {_ORDER} LIMIT {length + 1}"
    rows = msgspec.convert(store.execute(query, given).fetchall(), list[LiveRow])
    following = rows[length - 1].id if len(rows) > length else ""
    return LivePart(tuple(rows[:length]), total, every, fresh, following, tuple(str(row[0]) for row in rules))


def _where(wanted: LiveFilter) -> tuple[str, dict[str, object]]:
    conditions, given = ["true"], dict[str, object]()
    if wanted.rule:
        conditions.append("rule = $rule")
        given["rule"] = wanted.rule
    if wanted.township:
        conditions.append("township = $township")
        given["township"] = "" if wanted.township == NOWHERE else wanted.township
    if wanted.fresh:
        conditions.append("fresh")
    return " AND ".join(conditions), given
