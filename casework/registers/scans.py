"""Scans of the register's pages: kept under their hash, in the order in which a township handed them in."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from casework.cases.store import Cases, Change, stream_of
from domain.errors import Malformed, NotFound
from domain.register import KIND, TOPIC, RegisterPageScanned

LONGEST_PAGE = 100


class Scan(NamedTuple):
    """A scan that was handed in."""

    page: str
    scan: str
    kind: str
    bytes: int
    at: datetime
    actor: str
    position: int


def attach(cases: Cases, township: str, page: str, content: bytes, kind: str) -> bool:
    """Attach a scan to a township's register; False where the same file is there already. Malformed, Overtaken.

    The caller has looked at the file: `kind` is what its bytes are.
    """
    named = " ".join(page.split())
    if not named or len(named) > LONGEST_PAGE:
        raise Malformed(
            f"请写明册号、页码，最多 {LONGEST_PAGE} 个字", f"name book and page, in at most {LONGEST_PAGE} characters"
        )
    standing = cases.home.ledger.versions([stream_of(KIND, township)]).get(stream_of(KIND, township), [])
    name = cases.home.objects.put(content)
    if any(each.scan == name for each in scans_of(cases, township)):
        return False
    event = RegisterPageScanned(
        township, named, name, kind, len(content), envelope=cases.envelope(township[:6], stream_of(KIND, township))
    )
    cases.append([Change(stream_of(KIND, township), len(standing) + 1, event, TOPIC)])
    return True


def scans_of(cases: Cases, township: str) -> list[Scan]:
    """Return what a township handed in, the newest first."""
    ledger = cases.home.ledger
    stream = stream_of(KIND, township)
    found = []
    for row in ledger.versions([stream]).get(stream, []):
        event = ledger.event(row)
        if isinstance(event, RegisterPageScanned):
            at, actor = event.envelope.recorded_at, event.envelope.actor
            found.append(Scan(event.page, event.scan, event.kind, event.bytes, at, actor, row.position))
    return found[::-1]


def counted(cases: Cases) -> dict[str, int]:
    """Return how many scans each township handed in."""
    found: dict[str, int] = {}
    for row in cases.home.ledger.of_type(KIND):
        event = cases.home.ledger.event(row)
        if isinstance(event, RegisterPageScanned):
            found[event.township] = found.get(event.township, 0) + 1
    return found


def content_of(cases: Cases, township: str, scan: str) -> tuple[Scan, bytes]:
    """Return a scan with its content; NotFound where this township handed no such file in, Broken."""
    found = next((each for each in scans_of(cases, township) if each.scan == scan), None)
    if found is None:
        raise NotFound(f"没有扫描件 {scan}", f"there is no scan {scan}")
    return found, cases.home.objects.get(found.scan)


