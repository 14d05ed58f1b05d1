"""What a web application is told when it is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

MIB = 1 << 20


def now() -> datetime:
    """Return the moment."""
    return datetime.now(UTC)


class WebSettings(NamedTuple):
    """How it behaves; tests give another clock."""

    clock: Callable[[], datetime] = now
    secure: bool = False
    """Whether browsers reach it by HTTPS: the cookies are Secure then, and browsers told to stay with it."""
    idle: timedelta = timedelta(minutes=30)
    """A session that asks for nothing so long is ended."""
    form_bytes: int = MIB // 2
    upload_bytes: int = 20 * MIB
    """A workbook or scan."""
    records_bytes: int = 3_900_000
    """One request of the JSON API with records: below what intake reads in a process of its own."""
    attempts: int = 30
    """Sign-ins from one address within `attempts_within`; a township's office shares one address."""
    attempts_within: timedelta = timedelta(minutes=5)
