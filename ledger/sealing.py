"""The vault's encryption: a random secret per subject, wrapped by the master key, and AES-256-GCM under it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import Broken
from ledger.keys import Keys
from ledger.tokens import hmac_sha256

SECRET_BYTES = 32
NONCE_BYTES = 12
"""Of a nonce, and of a mark."""
_CHECK = b"mingzhang vault 1"


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
        derive = hmac_sha256(keys.master_key)
        self._wrap = AESGCM(derive(b"vault/wrap/1"))
        self._mark_key = derive(b"vault/mark/1")

    def wrapped(self, secret: bytes, nonce: bytes, subject: bytes) -> bytes:
        """Return a subject's secret as the vault keeps it: the nonce, which was never used before, ciphertext, tag."""
        return nonce + self._wrap.encrypt(nonce, secret, subject)

    def secret(self, subject: bytes, wrapped: bytes) -> bytes:
        """Return a subject's secret; Broken where the master key does not open it."""
        return opened(self._wrap, wrapped, subject)

    def mark(self, bound: bytes, value: bytes) -> bytes:
        """Return an entry's mark (12 bytes): a keyed hash of subject, kind and value, by which a repeat shows."""
        text = len(bound).to_bytes(4, "big") + bound + value
        return blake2b(text, key=self._mark_key, digest_size=NONCE_BYTES).digest()

    def check_value(self) -> bytes:
        """Return what a vault keeps to recognise its master key."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._wrap.encrypt(nonce, _CHECK, b"check")

    def fits(self, check_value: bytes) -> bool:
        """Say whether a vault's check value was made under this master key."""
        try:
            return opened(self._wrap, check_value, b"check") == _CHECK
        except Broken:
            return False


def opened(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes:
    """Return the plain bytes of nonce and ciphertext; Broken where they were changed or belong elsewhere."""
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise Broken(
            "保险库中的一条记录无法解密：密钥不符，或者记录已被改动；请从备份恢复",
            "an entry of the vault cannot be decrypted: the key does not fit, or the entry was changed; "
            "restore a backup",
        ) from error
