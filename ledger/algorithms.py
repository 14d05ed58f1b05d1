"""The algorithms of tokens and vault, chosen when a home is made: the international set, or China's SM3 and SM4."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from domain.errors import Malformed, Refused

MARK_BYTES = 12
_BLOCK = 64
_TAG_BYTES = 16
_SM4_KEY_BYTES = 16


class KeyedHash(Protocol):
    """A message authentication code under one key: at least 16 bytes for any message."""

    def __call__(self, message: bytes, /) -> bytes:
        """Return the code of a message."""


class KeyedHashMaker(Protocol):
    """Makes a keyed hash from a key."""

    def __call__(self, key: bytes, /) -> KeyedHash:
        """Return the keyed hash of a key."""


class Aead(Protocol):
    """Encryption with a tag over what is sealed and what it is bound to."""

    def encrypt(self, nonce: bytes, data: bytes, bound: bytes) -> bytes:
        """Return ciphertext and tag of 16 bytes; the nonce of 12 bytes was never used before under this secret."""

    def decrypt(self, nonce: bytes, data: bytes, bound: bytes) -> bytes:
        """Return the plain bytes; InvalidTag or ValueError where anything was changed."""


class Algorithms(NamedTuple):
    """One set."""

    name: str
    """As the key file has it."""
    keyed_hash: KeyedHashMaker
    """Of tokens, and of the keys that are derived from the master key."""
    mark: KeyedHashMaker
    """Of MARK_BYTES, by which repeats in the vault show."""
    cipher: Callable[[bytes], Aead]
    """From a secret of 32 bytes."""

    def __reduce__(self) -> tuple[Callable[[str], Algorithms], tuple[str]]:
        """Go to another process by name: the library's classes do not."""
        return algorithms_named, (self.name,)


def hmac_sha256(key: bytes) -> KeyedHash:
    """Return HMAC-SHA256 under a key of at most 64 bytes: two plain hashes, half the time of hmac.digest."""
    sha256 = hashlib.sha256
    padded = key.ljust(_BLOCK, b"\0")
    inner = bytes(byte ^ 0x36 for byte in padded)
    outer = bytes(byte ^ 0x5C for byte in padded)

    def code(message: bytes, /) -> bytes:
        return sha256(outer + sha256(inner + message).digest()).digest()

    return code


def hmac_sm3(key: bytes) -> KeyedHash:
    """Return HMAC-SM3 under a key (GB/T 32905, GB/T 15852.2)."""
    begun = HMAC(key, SM3())

    def code(message: bytes, /) -> bytes:
        one = begun.copy()
        one.update(message)
        return one.finalize()

    return code


class Sm4Gcm:
    """SM4 in Galois/counter mode (GB/T 32907, RFC 8998), under the first 16 bytes of a random secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = SM4(secret[:_SM4_KEY_BYTES])

    def encrypt(self, nonce: bytes, data: bytes, bound: bytes) -> bytes:
        """Return ciphertext and tag."""
        one = Cipher(self._key, modes.GCM(nonce)).encryptor()
        one.authenticate_additional_data(bound)
        return one.update(data) + one.finalize() + one.tag

    def decrypt(self, nonce: bytes, data: bytes, bound: bytes) -> bytes:
        """Return the plain bytes; InvalidTag or ValueError where anything was changed."""
        one = Cipher(self._key, modes.GCM(nonce, data[-_TAG_BYTES:])).decryptor()
        one.authenticate_additional_data(bound)
        return one.update(data[:-_TAG_BYTES]) + one.finalize()


def _blake2b_mark(key: bytes) -> KeyedHash:
    def code(message: bytes, /) -> bytes:
        return hashlib.blake2b(message, key=key, digest_size=MARK_BYTES).digest()

    return code


def _sm3_mark(key: bytes) -> KeyedHash:
    whole = hmac_sm3(key)

    def code(message: bytes, /) -> bytes:
        return whole(message)[:MARK_BYTES]

    return code


INTERNATIONAL = Algorithms("international", hmac_sha256, _blake2b_mark, AESGCM)
SM = Algorithms("sm", hmac_sm3, _sm3_mark, Sm4Gcm)
SETS = {each.name: each for each in (INTERNATIONAL, SM)}


def algorithms_named(name: str) -> Algorithms:
    """Return a set by name; Malformed where there is none, Refused where this machine's library has not its parts."""
    if name not in SETS:
        raise Malformed(
            f"没有算法组 {name!r}：应为 {'、'.join(SETS)}", f"no algorithms {name!r}: expected {', '.join(SETS)}"
        )
    found = SETS[name]
    try:
        found.keyed_hash(bytes(32))(b"")
        found.cipher(bytes(32)).encrypt(bytes(12), b"", b"")
    except UnsupportedAlgorithm as error:
        raise Refused(
            f"本机的 cryptography/OpenSSL 不含算法组 {name}",
            f"cryptography with OpenSSL here has not the algorithms {name}",
        ) from error
    return found
