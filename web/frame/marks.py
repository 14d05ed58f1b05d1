"""Values that a browser carries for the service: signed with a key of the home, so that none can be made up."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from ledger.keys import Keys

_DIGEST = 32


class Marks:
    """Signs values for one purpose; every process of the home knows the others'."""

    def __init__(self, keys: Keys, purpose: bytes) -> None:
        """`purpose`: up to 16 bytes."""
        self._key = hashlib.blake2b(key=keys.token_key, person=purpose, digest_size=_DIGEST).digest()

    def signed(self, value: bytes, now: datetime) -> str:
        """Return a value with the moment, as text for a cookie."""
        text = base64.urlsafe_b64encode(value).decode()
        told = f"{int(now.timestamp())}.{text}"
        return f"{told}.{self._signature(told)}"

    def read(self, mark: str, now: datetime, within: timedelta) -> bytes | None:
        """Return the value of a mark of this purpose that is not older; None where it is none."""
        told, _, signature = mark.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(told).encode()):
            return None
        at, _, text = told.partition(".")
        if not timedelta(0) <= timedelta(seconds=int(now.timestamp()) - int(at)) <= within:
            return None
        try:
            return base64.urlsafe_b64decode(text)
        except ValueError:
            return None

    def _signature(self, told: str) -> str:
        return hashlib.blake2b(told.encode(), key=self._key, digest_size=_DIGEST).hexdigest()
