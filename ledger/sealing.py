"""The vault's encryption: a random secret per subject, wrapped by the master key, and every entry sealed under it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256

from cryptography.exceptions import InvalidTag

from domain.errors import Broken
from ledger.algorithms import MARK_BYTES, Aead, Algorithms
from ledger.keys import Keys

SECRET_BYTES = 32
NONCE_BYTES = MARK_BYTES
"""Of a nonce, and of a mark."""
_CHECK = b"mingzhang vault 1"
CHECK_BYTES = NONCE_BYTES + len(_CHECK) + 16
"""Of a check value; once the master key was changed, the vault's identity stands behind it."""


def random_secrets(count: int) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield new secrets (32 bytes), each with a nonce for wrapping it and one for sealing with it (12 bytes each)."""
    wrapping, step = SECRET_BYTES + NONCE_BYTES, SECRET_BYTES + 2 * NONCE_BYTES
    random = os.urandom(step * count)
    for start in range(0, step * count, step):
        own = random[start : start + step]
        yield own[:SECRET_BYTES], own[SECRET_BYTES:wrapping], own[wrapping:]


class Sealing:
    """Seals and opens entries; destroying a subject's wrapped secret makes all of its entries unreadable for good."""

    def __init__(self, keys: Keys) -> None:
        own = keys.algorithms
        self._wrap = _wrapping(own, keys.master_key)
        self._former = None if keys.former_key is None else _wrapping(own, keys.former_key)
        self._mark = own.mark(keys.mark_key or mark_key_of(own, keys.master_key))
        self.cipher = own.cipher
        """From a subject's secret, what its entries are sealed with."""

    def wrapped(self, secret: bytes, nonce: bytes, subject: bytes) -> bytes:
        """Return a subject's secret as the vault keeps it: the nonce, which was never used before, ciphertext, tag."""
        return nonce + self._wrap.encrypt(nonce, secret, subject)

    def secret(self, subject: bytes, wrapped: bytes) -> bytes:
        """Return a subject's secret; Broken where neither the master key nor the one before opens it."""
        if self._former is None or self._opens(wrapped, subject):
            return opened(self._wrap, wrapped, subject)
        return opened(self._former, wrapped, subject)

    def rewrapped(self, subject: bytes, wrapped: bytes) -> bytes | None:
        """Return a subject's secret as it stands under the new master key; None where it does already. Broken."""
        if self._opens(wrapped, subject):
            return None
        return self.wrapped(self.secret(subject, wrapped), os.urandom(NONCE_BYTES), subject)

    def mark(self, bound: bytes, value: bytes) -> bytes:
        """Return an entry's mark (12 bytes): a keyed hash of subject, kind and value, by which a repeat shows."""
        return self._mark(len(bound).to_bytes(4, "big") + bound + value)

    def check_value(self) -> bytes:
        """Return what a vault keeps to recognise its master key."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._wrap.encrypt(nonce, _CHECK, b"check")

    def fits(self, check_value: bytes) -> bool:
        """Say whether a vault's check value was made under this master key, or under the one before."""
        if self.is_current(check_value):
            return True
        return self._former is not None and _opens(self._former, check_value[:CHECK_BYTES], b"check")

    def is_current(self, check_value: bytes) -> bool:
        """Say whether a vault's check value was made under this master key."""
        return self._opens(check_value[:CHECK_BYTES], b"check")

    def _opens(self, sealed: bytes, bound: bytes) -> bool:
        return _opens(self._wrap, sealed, bound)


def identity_of(check_value: bytes) -> bytes:
    """Return the eight bytes by which a vault is known: a hash of its first check value, kept behind later ones."""
    return check_value[CHECK_BYTES:] or sha256(check_value).digest()[:8]


def mark_key_of(algorithms: Algorithms, master_key: bytes) -> bytes:
    """Return the key of marks that a vault begins with under a master key, and keeps when that one changes."""
    return algorithms.keyed_hash(master_key)(b"vault/mark/1")


def _wrapping(algorithms: Algorithms, master_key: bytes) -> Aead:
    return algorithms.cipher(algorithms.keyed_hash(master_key)(b"vault/wrap/1"))


def _opens(cipher: Aead, sealed: bytes, bound: bytes) -> bool:
    try:
        cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        return False
    return True


def opened(cipher: Aead, sealed: bytes, bound: bytes) -> bytes:
    """Return the plain bytes of nonce and ciphertext; Broken where they were changed or belong elsewhere."""
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise Broken(
            "保险库中的一条记录无法解密：密钥不符，或者记录已被改动；请从备份恢复",
            "an entry of the vault cannot be decrypted: the key does not fit, or the entry was changed; "
            "restore a backup",
        ) from error
