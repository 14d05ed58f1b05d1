"""Keyed tokens that stand in the ledger for numbers, names, accounts and sealed texts."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Iterable
from itertools import repeat
from typing import TypeVar

from domain.fact import Account, Identity
from domain.identity import near_numbers, normalised, read_number
from ledger.keys import Keys
from ledger.names import plain_name, read_account
from ledger.remembered import Identities, Key

TOKEN_BYTES = 16
MEMO_ENTRIES = 400_000
"""Entries of each memo; a memo that is full is emptied, so that memory stays bounded."""
IDENTITIES_HELD = 2 * MEMO_ENTRIES
"""Of the identities' memo: a person stands in it twice, with the name and without."""
_URL_SAFE = bytes.maketrans(b"+/", b"-_")

Name = TypeVar("Name")
Value = TypeVar("Value")


class Tokens:
    """Tokens of 128 bits as 22 url-safe characters, none beginning with a sign; one space for each kind of thing."""

    def __init__(self, keys: Keys) -> None:
        self._code = keys.algorithms.keyed_hash(keys.token_key)
        self._identities: dict[Key, Identity] = {}
        self._fresh: dict[Key, Identity] = {}
        """Of these, what the table does not remember yet."""
        self._remembered = Identities()
        self._bases: dict[tuple[str, str], tuple[Identity, str | None]] = {}
        self._accounts: dict[str, Account] = {}
        self._names: dict[str, str] = {}
        self._plain: dict[str, str] = {}

    def identity(self, number: str) -> str:
        """Return the token of an identity number: 15 and 18 digits of one person are the same."""
        return self._token(b"identity\0", normalised(number))

    def name(self, name: str) -> str:
        """Return the token of a name, whatever its blanks, widths and middle dots."""
        token = self._names.get(name)
        if token is None:
            token = self._token(b"name\0", self._plain_name(name))
            _remember(self._names, name, token)
        return token

    def account(self, number: str) -> str:
        """Return the token of an account, wallet or card number; of a masked one, of what it shows."""
        return self._token(b"account\0", read_account(number).number)

    def name_birth(self, name: str, birth_iso: str) -> str:
        """Return the token of a name and a birth date (YYYY-MM-DD): equal for one person under two numbers."""
        return self._token(b"name-birth\0", f"{self._plain_name(name)}\0{birth_iso}")

    def text(self, text: str) -> str:
        """Return the keyed hash of a sealed text, which must be equal to the character."""
        return self._token(b"text\0", text)

    def identity_of(self, text: str, kind: str, name: str | None) -> Identity:
        """Return what the ledger keeps of a number of a kind of paper (payer_id_type) and its bearer's name."""
        key = (text, kind, name)
        return self._identities.get(key) or self._looked_up([key])[key]

    def identities(
        self, texts: Iterable[str | None], kinds: Iterable[str | None], names: Iterable[str | None]
    ) -> list[Identity | None]:
        """Return identity_of of each row; None where there is no text; as many as the shortest of the three."""
        keys = [(text, kind or "other", name) for text, kind, name in zip(texts, kinds, names, strict=False)]
        found = list(map(self._identities.get, keys))
        missing = [row for row, one in enumerate(found) if one is None and keys[row][0]]
        if missing:
            looked_up = self._looked_up(dict.fromkeys(keys[row] for row in missing))
            for row in missing:
                found[row] = looked_up[keys[row]]
        return found

    def bare_identities(self, texts: Iterable[str | None]) -> list[Identity | None]:
        """Return identity_of of each row for residents' numbers without names; None where there is no text."""
        return self.identities(texts, repeat("resident-id"), repeat(None))

    def account_of(self, text: str) -> Account:
        """Return what the ledger keeps of an account, wallet or card number."""
        found = self._accounts.get(text)
        if found is None:
            read = read_account(text)
            found = Account(
                self._token(b"account\0", read.number),
                self._token(b"card-ends\0", read.weak) if read.weak else None,
                read.masked,
                read.last4,
            )
            _remember(self._accounts, text, found)
        return found

    def _looked_up(self, keys: Iterable[Key]) -> dict[Key, Identity]:
        """Return the identities of keys that the memo has not: as the table remembers them, else worked out."""
        asked = list(keys)
        found = dict(zip(asked, self._remembered.find(asked), strict=True))
        unknown = [key for key, one in found.items() if one is None]
        fresh = {key: self._identity(key[0] or "", key[1] or "other", key[2]) for key in unknown}
        known = {key: one for key, one in found.items() if one is not None} | fresh
        if len(self._identities) + len(known) > IDENTITIES_HELD:
            # Only a county whose persons the memo does not hold pays for the table.
            self._remembered.keep(list(self._fresh), list(self._fresh.values()))
            self._identities.clear()
            self._fresh.clear()
        self._identities |= known
        self._fresh |= fresh
        return known

    def _identity(self, text: str, kind: str, name: str | None) -> Identity:
        identity, birth = self._bases.get((text, kind)) or self._based(text, kind)
        if birth is None or not name:
            return identity
        named = self.name_birth(name, birth)
        return Identity(identity.token, identity.valid, identity.born, identity.sex, named, identity.near)

    def _based(self, text: str, kind: str) -> tuple[Identity, str | None]:
        """Work out and hold what a number says: it comes with its bearer's name and without."""
        base = self._base(text, kind)
        _remember(self._bases, (text, kind), base)
        return base

    def _base(self, text: str, kind: str) -> tuple[Identity, str | None]:
        """Return what the number alone says, and its birth date (YYYY-MM-DD)."""
        read = read_number(text, kind)
        token = self._token(b"identity\0", read.number)
        near: tuple[str, ...] = ()
        if not read.valid and kind == "resident-id":
            near = tuple(self._token(b"identity\0", number) for number in near_numbers(read.number))
        if read.birth is None:
            return Identity(token, read.valid, near=near), None
        return Identity(token, read.valid, read.birth.year, read.sex, None, near), read.birth.isoformat()

    def _plain_name(self, name: str) -> str:
        plain = self._plain.get(name)
        if plain is None:
            plain = plain_name(name)
            _remember(self._plain, name, plain)
        return plain

    def _token(self, space: bytes, text: str) -> str:
        code = self._code(space + text.encode(errors="surrogatepass"))
        letters = b2a_base64(code[:TOKEN_BYTES]).translate(_URL_SAFE).decode("ascii")
        # 22 characters hold 132 bits: the last is one of A, Q, g, w, and in front keeps "-" away from the beginning.
        return letters[21] + letters[:21]


def _remember(memo: dict[Name, Value], key: Name, value: Value) -> None:
    if len(memo) >= MEMO_ENTRIES:
        memo.clear()
    memo[key] = value
