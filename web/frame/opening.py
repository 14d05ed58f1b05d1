"""When a form was opened, signed, so that the seconds until it came back are measured and not claimed."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from ledger.keys import Keys

LONGEST_S = 24 * 3600
_DIGEST = 16


class Openings:
    """Signs openings of forms with a key of the home, so that every process knows the others'."""

    def __init__(self, keys: Keys) -> None:
        self._key = hashlib.blake2b(key=keys.token_key, person=b"form opened", digest_size=32).digest()

    def opened(self, now: datetime, *about: str) -> str:
        """Return the mark of an opening; `about`: who opened what."""
        at = str(int(now.timestamp()))
        return f"{at}.{self._sign(at, about)}"

    def seconds(self, mark: str, now: datetime, *about: str) -> int | None:
        """Return how many seconds ago the form was opened; None where the mark is none of this, or too old."""
        at, _, signature = mark.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(at, about).encode()):
            return None
        passed = int(now.timestamp()) - int(at)
        return passed if 0 <= passed <= LONGEST_S else None

    def _sign(self, at: str, about: tuple[str, ...]) -> str:
        text = "\0".join((at, *about)).encode()
        return hashlib.blake2b(text, key=self._key, digest_size=_DIGEST).hexdigest()
