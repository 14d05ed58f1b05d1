"""Tokens for persons, names and accounts, keyed hashes for sealed text, and what the vault must keep for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from typing import TypeVar

from domain.fact import Account, Identity
from domain.form import ACCOUNT, IDENTITY, NAME, PLAIN, SEALED, Field, RecordType
from domain.identity import normalised
from intake.sealing import Entry, HandedOver
from ledger.tokens import Tokens

Texts = Sequence[str | None]
Stood = list[Identity | None] | list[Account | None] | list[str | None] | list[tuple[Account, ...]]
T = TypeVar("T")
SHORTEST_NUMBER = 8
"""Of a number that a source may have put into a key; a passport's."""
_USUAL = 18
"""Signs of a resident's number: digits, the last of which may be an x."""
RESIDENT = "resident-id"
"""The kind of paper where a record names none."""


class StandIns:
    """What stands in the ledger for the personal columns of one chunk; `sealed` collects what the vault must keep."""

    def __init__(self, tokens: Tokens, handed_over: HandedOver, subject: str, count: int) -> None:
        self.tokens, self.handed_over, self.subject, self.count = tokens, handed_over, subject, count
        self.sealed: dict[Entry, None] = {}
        """In the order of the rows, whatever the hash seed."""

    def columns(
        self, record_type: RecordType, texts: Mapping[str, Texts], lists: Mapping[str, Sequence[tuple[str, ...]]]
    ) -> dict[str, Stood]:
        """Return, per personal field, what stands for its texts; the first identity is the owner of all the others."""
        stood: dict[str, Stood] = {}
        owners: Sequence[str] = [self.subject] * self.count
        names = texts.get("payer_name") or texts.get("name")
        for number, field in enumerate(field for field in record_type.fields if field.stands == IDENTITY):
            first = number == 0
            kinds = texts.get("payer_id_type") if first else None
            found = self._identities(texts[field.name], kinds, names if first else None)
            stood[field.name] = found
            if first:
                owners = [self.subject if one is None else one.token for one in found]
        for field in record_type.fields:
            if field.name in lists and field.stands == ACCOUNT:
                stood[field.name] = self._account_lists(lists[field.name], owners)
            elif field.stands in (NAME, ACCOUNT, SEALED):
                own = [f"reporter:{one}" for one in texts["record_id"]] if field.name == "reporter" else owners
                stood[field.name] = self._others(field, texts[field.name], own)
        return stood

    def keys(self, record_type: RecordType, texts: Mapping[str, Texts]) -> dict[str, list[str | None]]:
        """Return the plain columns in which a row's own identity number stands, its token in the number's place.

        Some sources number their records by the person: what the ledger calls them must name nobody.
        """
        numbers = [texts[field.name] for field in record_type.fields if field.stands == IDENTITY]
        shortest = [max(SHORTEST_NUMBER, min(map(len, filter(None, owners)), default=0)) for owners in numbers]
        changed: dict[str, list[str | None]] = {}
        for field in record_type.fields:
            if field.stands != PLAIN or field.type != "string" or field.name not in texts:
                continue
            longest = max(map(len, filter(None, texts[field.name])), default=0)
            for owners, least in zip(numbers, shortest, strict=True):
                if longest >= least:
                    self._hide(field, changed.get(field.name, texts[field.name]), owners, changed)
        return changed

    def _hide(self, field: Field, column: Texts, owners: Texts, changed: dict[str, list[str | None]]) -> None:
        for row, (text, number) in enumerate(zip(column, owners, strict=True)):
            if not text or not number or len(number) < SHORTEST_NUMBER or not _may_hold(text, number):
                continue
            folded = text.upper() if text.isascii() else unicodedata.normalize("NFKC", text).upper()
            form = next((form for form in _forms(number) if form in folded), None)
            if form is None:
                continue
            token = self.tokens.identity(number)
            plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
            hidden = re.sub(re.escape(form), token, plain, flags=re.IGNORECASE)
            changed.setdefault(field.name, list(column))[row] = hidden
            self._keep([(token, field.name, text)])

    def unclaimed(self, columns: Mapping[str, Texts]) -> list[dict[str, str]]:
        """Return, per row, heading to keyed hash of the columns that no field claims."""
        rows: list[dict[str, str]] = [{} for _ in range(self.count)]
        for heading, texts in columns.items():
            for row, text in enumerate(texts):
                if text:
                    rows[row][heading] = self.tokens.text(text)
                    self.sealed[(self.subject, f"extra:{heading}", text)] = None
        return rows

    def _identities(self, texts: Texts, kinds: Texts | None, names: Texts | None) -> list[Identity | None]:
        found = (
            self.tokens.bare_identities(texts)
            if kinds is None and names is None
            else self.tokens.identities(
                texts, repeat(RESIDENT) if kinds is None else kinds, repeat(None) if names is None else names
            )
        )
        papers = {RESIDENT} if kinds is None else set(kinds)
        fresh = self.handed_over.fresh_numbers(str(papers.pop()), texts) if len(papers) == 1 else set(texts)
        if fresh:
            rows = zip(found, texts, strict=True)
            self._keep((one.token, "number", text) for one, text in rows if one and text and text in fresh)
        return found

    def _account_lists(self, lists: Sequence[tuple[str, ...]], owners: Sequence[str]) -> list[tuple[Account, ...]]:
        self._keep((owner, "account", item) for owner, items in zip(owners, lists, strict=True) for item in items)
        return [tuple(map(self.tokens.account_of, items)) for items in lists]

    def _others(self, field: Field, texts: Texts, owners: Sequence[str]) -> list[str | None] | list[Account | None]:
        if field.stands == ACCOUNT:
            accounts = _each(self.tokens.account_of, texts)
            self._seal("account", owners, texts, [None if one is None else one.token for one in accounts], ACCOUNT)
            return accounts
        if field.stands == NAME:
            names = _each(self.tokens.name, texts)
            self._seal("name", owners, texts, names, NAME)
            return names
        hashes = _each(self.tokens.text, texts)
        self._seal(field.name, owners, texts, hashes, "")
        return hashes

    def _seal(self, kind: str, owners: Sequence[str], texts: Texts, tokens: Texts, space: str) -> None:
        """Seal under the owner; what belongs to nobody known under its own token, or the file where it has none."""
        if not any(texts):
            return
        self._keep(
            (f"{space}:{token}" if space and owner == self.subject else owner, kind, text)
            for owner, text, token in dict.fromkeys(zip(owners, texts, tokens, strict=True))
            if text
        )

    def _keep(self, entries: Iterable[Entry]) -> None:
        self.sealed.update(dict.fromkeys(entries))


def _may_hold(text: str, number: str) -> bool:
    """Say whether a key may hold the number; of usual ones, whose last sign alone has a case, looking is enough."""
    usual = len(number) == _USUAL and number.isascii() and number.isalnum() and text.isascii()
    return number[:-1] in text if usual else True


def _forms(number: str) -> tuple[str, ...]:
    """Return the ways in which a key may write a number that its row may write with blanks, full-width or a small x."""
    cleaned = unicodedata.normalize("NFKC", number).upper().replace(" ", "")
    return tuple(dict.fromkeys((cleaned, normalised(number))))


def _each(read: Callable[[str], T], texts: Texts) -> list[T | None]:
    known: dict[str | None, T | None] = {text: read(text) if text else None for text in set(texts)}
    return [known[text] for text in texts]
