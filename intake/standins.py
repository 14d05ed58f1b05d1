"""Tokens for persons, names and accounts, keyed hashes for sealed text, and what the vault must keep for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import TypeVar

from domain.fact import Account, Identity
from domain.form import ACCOUNT, IDENTITY, NAME, SEALED, Field, RecordType
from ledger.tokens import Tokens

Texts = Sequence[str | None]
Entry = tuple[str, str, str]
"""Subject, kind and value of something to be sealed."""
Stood = list[Identity | None] | list[Account | None] | list[str | None] | list[tuple[Account, ...]]
T = TypeVar("T")


class StandIns:
    """What stands in the ledger for the personal columns of one chunk; `sealed` collects what the vault must keep."""

    def __init__(self, tokens: Tokens, subject: str, count: int) -> None:
        self.tokens, self.subject, self.count = tokens, subject, count
        self.sealed: set[Entry] = set()

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

    def unclaimed(self, columns: Mapping[str, Texts]) -> list[dict[str, str]]:
        """Return, per row, heading to keyed hash of the columns that no field claims."""
        rows: list[dict[str, str]] = [{} for _ in range(self.count)]
        for heading, texts in columns.items():
            for row, text in enumerate(texts):
                if text:
                    rows[row][heading] = self.tokens.text(text)
                    self.sealed.add((self.subject, f"extra:{heading}", text))
        return rows

    def _identities(self, texts: Texts, kinds: Texts | None, names: Texts | None) -> list[Identity | None]:
        found = self.tokens.identities(
            texts, repeat("resident-id") if kinds is None else kinds, repeat(None) if names is None else names
        )
        tokens = [None if one is None else one.token for one in found]
        self.sealed.update((one, "number", text) for one, text in set(zip(tokens, texts, strict=True)) if one and text)
        return found

    def _account_lists(self, lists: Sequence[tuple[str, ...]], owners: Sequence[str]) -> list[tuple[Account, ...]]:
        self.sealed.update(
            (owner, "account", item) for owner, items in zip(owners, lists, strict=True) for item in items
        )
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
        self.sealed.update(
            (f"{space}:{token}" if space and owner == self.subject else owner, kind, text)
            for owner, text, token in set(zip(owners, texts, tokens, strict=True))
            if text
        )


def _each(read: Callable[[str], T], texts: Texts) -> list[T | None]:
    known: dict[str | None, T | None] = {text: read(text) if text else None for text in set(texts)}
    return [known[text] for text in texts]
