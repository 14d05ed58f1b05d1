"""The ledger event by event: by position, one with its fields and its proof, and a stream with all its versions."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
from fastapi import APIRouter, Query
from starlette.responses import Response

from domain.contract import RECORD_TYPES
from domain.errors import NotFound
from ledger.home import Home
from ledger.log import Recorded
from ledger.merkle.hashing import leaf_hash
from ledger.merkle.proofs import Proof, prove
from web.frame.downloads import as_file
from web.frame.visit import Visit, Visiting
from web.records import events
from web.records.events import EventRow, FieldRow, Version
from web.records.paging import ROWS, address
from web.records.sealed import log_of

router = APIRouter()
READ = "log.entries"
READ_RECORD = "events.read"
SCRIPT = Path(__file__).parents[2] / "records" / "check_proof.txt"
MOST_VERSIONS = 200


class EventsPage(msgspec.Struct, frozen=True):
    """Variables of records/events.html."""

    rows: tuple[EventRow, ...]
    head: int
    next: str
    first: str


class Proved(NamedTuple):
    """That an event stands in the log."""

    place: int
    """Counted from 0."""
    size: int
    root: str
    leaf: str
    path: tuple[str, ...]


class EventPage(msgspec.Struct, frozen=True):
    """Variables of records/event.html."""

    event: EventRow
    fields: tuple[FieldRow, ...]
    proved: Proved | None
    """None where it is not sealed yet."""
    versions: int
    head: int
    script: str
    browse: bool
    """They may look at other events too."""


class StreamPage(msgspec.Struct, frozen=True):
    """Variables of records/stream.html."""

    stream: str
    versions: tuple[Version, ...]
    more: int
    """Versions that are not shown."""


@router.get("/ledger/events")
def browse(visit: Visiting, before: int = 0) -> Response:
    """Show the events before a position, the newest first."""
    visit.may(READ)
    ledger = visit.service.home.ledger
    head = ledger.head()
    end = min(before, head + 1) if before > 0 else head + 1
    rows = events.before(ledger, end, ROWS)
    more = bool(rows) and rows[-1].position > 1
    page = EventsPage(
        tuple(rows), head, address("/ledger/events", {"before": rows[-1].position}) if more else "",
        "/ledger/events" if end <= head else "",
    )  # fmt: skip
    return visit.page("records/events.html", page)


@router.get("/ledger/stream")
def stream(visit: Visiting, name: Annotated[str, Query(alias="id")] = "") -> Response:
    """Show all versions of a stream and what each changed."""
    visit.may(READ)
    found = events.versions(visit.service.home.ledger, name.strip())
    page = StreamPage(name.strip(), tuple(found[-MOST_VERSIONS:][::-1]), max(len(found) - MOST_VERSIONS, 0))
    return visit.page("records/stream.html", page)


@router.get("/ledger/check_proof.py")
def script(visit: Visiting) -> Response:
    """Give the script that checks a proof with nothing of ours."""
    visit.may(READ_RECORD)
    return as_file("check_proof.py", SCRIPT.read_bytes())


@router.get("/ledger/events/{number}")
def show(visit: Visiting, number: int) -> Response:
    """Show an event by its fields, with the proof that the log holds it."""
    event = _allowed(visit, number)
    home = visit.service.home
    page = EventPage(
        event=events.row_of(home.ledger, event),
        fields=tuple(events.fields(home.ledger, event)),
        proved=_proved(home, event),
        versions=len(home.ledger.versions([event.stream])[event.stream]),
        head=home.ledger.head(),
        script=SCRIPT.read_text(encoding="utf-8"),
        browse=visit.permits(READ),
    )
    return visit.page("records/event.html", page)


@router.get("/ledger/events/{number}/entry")
def entry(visit: Visiting, number: int) -> Response:
    """Give the entry of the log, byte for byte."""
    _allowed(visit, number)
    home = visit.service.home
    proof = _proof(home, number)
    return as_file(f"{number}.bin", log_of(home).entry(number - 1, proof.signed.checkpoint.size))


@router.get("/ledger/events/{number}/proof")
def proof(visit: Visiting, number: int) -> Response:
    """Give the proof of inclusion (c2sp.org/tlog-proof)."""
    _allowed(visit, number)
    return as_file(f"{number}.tlog-proof", _proof(visit.service.home, number).text().encode())


def _allowed(visit: Visit, number: int) -> Recorded:
    """Return an event that they may see: a record's, or any for who reads the log. Forbidden, NotFound."""
    visit.may(READ_RECORD)
    event = events.at(visit.service.home.ledger, number)
    if not visit.permits(READ) and event.stream.partition(":")[0] not in RECORD_TYPES:
        visit.may(READ)
    return event


def _proof(home: Home, number: int) -> Proof:
    signed = home.sealer.seal() if home.sealer is not None else None
    if signed is None or not 1 <= number <= signed.checkpoint.size:
        raise NotFound(f"日志中没有第 {number} 号事件", f"the log has no event {number}")
    return prove(log_of(home), number - 1, signed)


def _proved(home: Home, event: Recorded) -> Proved | None:
    if home.sealer is None:
        return None
    found = _proof(home, event.position)
    one = found.signed.checkpoint
    entry = log_of(home).entry(found.index, one.size)
    coded = [b64encode(each).decode() for each in (one.root, leaf_hash(entry), *found.path)]
    return Proved(found.index, one.size, coded[0], coded[1], tuple(coded[2:]))
