"""What a web application is told when it is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from web.frame.provider_settings import ProviderSettings

MIB = 1 << 20
LOCAL_PROXIES = ("127.0.0.1", "::1")


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
    """A workbook or scan, files handed in together, or one request of the JSON API."""
    attempts: int = 30
    """Sign-ins from one address within `attempts_within`; a township's office shares one address."""
    attempts_within: timedelta = timedelta(minutes=5)
    proxies: tuple[str, ...] = LOCAL_PROXIES
    """Addresses and networks of proxies: whom these name in X-Forwarded-For is whose attempts are counted."""
    provider: ProviderSettings | None = None
    """Where accounts may sign in too, beside name and password here."""
    inbox: Path | None = None
    """The inbox whose receipts the page of data lists; MINGZHANG_INBOX."""
    lake: Path | None = None
    """The lake whose exports it lists; MINGZHANG_LAKE."""
    processes: tuple[str, ...] = ()
    """Other processes, host:port, that the page of status asks; MINGZHANG_PROCESSES."""
