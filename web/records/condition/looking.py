"""All checks of a home, one after the other; nothing is opened for writing, made or mended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from domain.errors import MingzhangError, NotFound, Unreachable
from intake.parsing import CHINA
from ledger.home import MARK
from ledger.log import Ledger
from ledger.sqlite.recorder import FILE
from web.records.condition import books, county, machine
from web.records.condition import models as read_models
from web.records.condition.check import Check, Said
from web.records.condition.processes import processes


class Looked(NamedTuple):
    """What is looked at, and when."""

    home: Path
    now: datetime
    place: str | None = None
    """The address of the database, where ledger and vault stand in one."""
    free_gb: float = machine.FREE_GB
    addresses: Sequence[str] = ()
    """Of other processes, host:port."""


def examine(looked: Looked) -> list[Check]:
    """Return all checks of a home; NotFound where there is none."""
    home = looked.home
    if not (home / FILE).exists() and not (home / MARK).exists():
        raise NotFound(f"{home} 中没有账本", f"there is no ledger in {home}")
    checks = [machine.disk(home, looked.free_gb), machine.folder(home), machine.keys(home)]
    try:
        with closing(Ledger.open(home, place=looked.place)) as ledger:
            checks += of_ledger(looked, ledger)
    except MingzhangError as error:
        checks.append(books.failed("ledger", books.TITLES["ledger"], error))
    return [*checks, *processes(looked.addresses), machine.versions()]


def of_ledger(looked: Looked, ledger: Ledger) -> Iterator[Check]:
    """Yield the checks that need the ledger; errors as `Ledger`."""
    home, head = looked.home, ledger.head()
    yield books.held(head)
    yield books.clock(ledger, head, looked.now)
    yield books.log(home, head)
    yield books.kept(home)
    yield books.backup(home, head, looked.now)
    path = home / "read-models.duckdb"
    yield read_models.models(path, ledger, head)
    yield read_models.snapshot(path, head)
    rows = county.policy_rows(ledger)
    yield county.calendar(rows, looked.now.astimezone(CHINA).date())
    if path.exists():
        try:
            with read_models.looked_at(path) as store:
                yield county.tariffs(rows, county.years_of(store))
        except (Unreachable, duckdb.Error):
            yield Check(
                "tariffs",
                county.TARIFFS,
                "note",
                Said("读模型正在使用，未查", "the read models are in use: not looked at"),
            )
