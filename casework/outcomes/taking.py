"""Taking a file of outcomes: each row an event, a repeat, a correction, or refused; the counts add up."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from casework.outcomes.form import outcome_form
from casework.outcomes.reading import Around, RefusedRow, read_chunk
from domain.cases.outcome import OutcomeRecorded
from domain.errors import Malformed, NotFound
from domain.fact import Envelope, content_of
from intake.county import county_of_ledger
from intake.fingerprint import digest_of
from intake.parsing import CHINA
from intake.places import Resolver
from intake.reading.chunk import Unreadable
from intake.reading.files import read_file
from intake.registers import know_registers
from ledger.home import Home
from ledger.log import AlreadyThere, Ledger, StoredRow

TOPIC = "outcome.Recorded.v1"


class Taken(msgspec.Struct):
    """What became of a file's rows: read = appended + repeated + amended + refused."""

    file: str
    read: int = 0
    appended: int = 0
    repeated: int = 0
    amended: int = 0
    """Other words of one source about one suspicion on the day of an earlier decision: the later ones count."""
    refused: int = 0
    set_aside: int = 0
    """Rows that are no records: titles, totals, blank rows; not in `read`."""
    problems: list[RefusedRow] = []
    """Every refused row; nothing of them is kept."""
    unknown: list[str] = []
    """Headings that no column of the form claims; what stands below them was not read."""


class Handing(msgspec.Struct, frozen=True):
    """Who hands a file in, when, and for which county, where the ledger knows none."""

    actor: str
    clock: Callable[[], datetime]
    county: str | None = None


def take_outcomes(home: Home, path: Path, explanations: Mapping[str, str], handing: Handing) -> Taken:
    """Take in a file of outcomes, all of its sound rows in one append.

    `explanations`: id to Chinese text of the innocent explanations that may be named. NotFound where there is no file,
    Malformed where it cannot be read at all or no county is known.
    """
    if not path.is_file():
        raise NotFound(f"找不到文件 {path}", f"there is no file {path}")
    county = handing.county or county_of_ledger(home.ledger)
    if county is None:
        raise Malformed(
            "账本里还没有数据，请用 --county 指明县", "the ledger knows no county yet: name it with --county"
        )
    now = handing.clock().astimezone(CHINA).replace(microsecond=0)
    envelope = Envelope("mingzhang", county, now, handing.actor, f"file:{digest_of(path)}", uuid.uuid4().hex)
    resolver = Resolver(home.tokens)
    know_registers(home.ledger, resolver)
    form, around = outcome_form(explanations), Around(county, now.date(), envelope, resolver.division)
    taken, events = Taken(path.name), list[OutcomeRecorded]()
    for chunk in read_file(path, form):
        if isinstance(chunk, Unreadable):
            raise Malformed(f"{chunk.place}：{chunk.reason_zh}", f"{chunk.place}: {chunk.reason_en}")
        taken.read += len(chunk.lines)
        taken.set_aside += len(chunk.set_aside)
        taken.unknown += [heading for heading in chunk.extra if heading not in taken.unknown]
        for row in read_chunk(chunk, form, around):
            if isinstance(row, RefusedRow):
                taken.problems.append(row)
            else:
                events.append(row)
    taken.refused = len(taken.problems)
    _append(home.ledger, events, taken)
    return taken


def _append(ledger: Ledger, events: Sequence[OutcomeRecorded], taken: Taken) -> None:
    while True:
        rows, counts = _new_rows(ledger, events)
        try:
            ledger.append(rows)
        except AlreadyThere:
            continue
        taken.appended, taken.repeated, taken.amended = counts
        return


def _new_rows(ledger: Ledger, events: Sequence[OutcomeRecorded]) -> tuple[list[StoredRow], tuple[int, int, int]]:
    """Return the rows to append, and how many events are new, repeats and corrections."""
    streams = [f"outcomes:{event.source}:{event.suspicion_id}" for event in events]
    stored = ledger.versions(set(streams)) if streams else {}
    standing = {stream: [ledger.content(version) for version in versions] for stream, versions in stored.items()}
    days = {stream: {_decided_on(state) for state in states} for stream, states in standing.items()}
    rows: list[StoredRow] = []
    repeated = amended = 0
    for stream, event in zip(streams, events, strict=True):
        state, versions = msgspec.json.encode(event), standing.setdefault(stream, [])
        if any(content_of(state) == content_of(version) for version in versions):
            repeated += 1
            continue
        decided = days.setdefault(stream, set())
        amended += event.decided_on.isoformat() in decided
        decided.add(event.decided_on.isoformat())
        versions.append(state)
        rows.append(StoredRow(stream, len(versions), TOPIC, state))
    return rows, (len(rows) - amended, repeated, amended)


def _decided_on(state: bytes) -> str:
    return msgspec.json.decode(state, type=OutcomeRecorded).decided_on.isoformat()
