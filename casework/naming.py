"""Asking the vault what tokens stand for: masked for lists and pages, in clear for the encrypted list of visits."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import duckdb
import pyarrow as pa

from casework.workbook.names import ERASED, RESTRICTED, WITHHELD, ClearKind, MaskedKind
from domain.cases.access import MASKED_LISTS, VISIT_LISTS
from domain.masking import masked_account, masked_name, masked_number
from ledger import persons
from ledger.home import Home
from ledger.persons import persons_of

_WORDS = {persons.ERASED: ERASED, persons.RESTRICTED: RESTRICTED}

_NAMED = (
    ("payments", "payer_name", "payer"), ("cash_receipts", "payer_name", "payer"), ("rosters", "payer_name", "payer"),
    ("refunds", "payer_name", "payer"), ("assessments", "payer_name", "payer"), ("collectors", "name", "person"),
)  # fmt: skip
"""Table, column with a name's token, column with the person under whose secret the name is sealed."""
_HANDS = "collectors"
"""Lists show a collector's name without the number: the access ledger has that person under the name alone."""
_TEXTS = (("rosters", "phone", "payer"), ("rosters", "address", "payer"), ("collectors", "phone", "person"))
_ACCOUNTS = (
    ("payments", "payer_account", "payer", "payer_account_last4"),
    ("refunds", "refund_account", "payer", "refund_account_last4"),
    ("pos_transactions", "card", "cardholder", "card_last4"),
)


class VaultNames:
    """What the vault says of tokens, for one actor and one reason; every question is an event of the ledger."""

    def __init__(self, home: Home, world: duckdb.DuckDBPyConnection, *, actor: str, reason: str) -> None:
        self.home, self.world, self.actor, self.reason = home, world, actor, reason
        standings = persons_of(home.ledger).standings
        self._withheld = {person: _WORDS[standing.state] for person, standing in standings.items()}

    def masked(self, tokens: Collection[str], kind: MaskedKind) -> dict[str, str]:
        """Return token to what may be shown; accounts need no vault, their last four stand in the read models."""
        if kind == "account":
            return {token: masked_account(f"************{last4}") for token, last4 in self._last4(tokens)}
        shown = masked_name if kind == "name" else masked_number
        found = self._asked(tokens, kind, MASKED_LISTS)
        return {token: text if text in WITHHELD else shown(text) for token, text in found.items()}

    def withheld(self, persons: Collection[str]) -> dict[str, str]:
        """Return the person to the word for an erased or restricted one; nobody is looked up."""
        return {person: self._withheld[person] for person in persons if person in self._withheld}

    def clear(self, tokens: Collection[str], kind: ClearKind) -> dict[str, str]:
        """Return token to the full text, for an erased or restricted person's the word for that."""
        return self._asked(tokens, kind, VISIT_LISTS)

    def _asked(self, tokens: Collection[str], kind: ClearKind, purpose: str) -> dict[str, str]:
        if kind == "number":
            found = self._reveal(tokens, "number", purpose)
            return {token: values[0] for token, values in found.items()} | self.withheld(tokens)
        places = {"name": _NAMED, "account": tuple(row[:3] for row in _ACCOUNTS)}.get(kind, _TEXTS)
        kinds = ("phone", "address") if kind == "text" else (kind,)
        owners = self._likely(tokens, places)
        if kind == "name":
            owners |= {f"name:{token}" for token in tokens}
        matched = self._matched(tokens, owners, kinds, purpose)
        left = [token for token in tokens if token not in matched]
        owned = self._owned(left, places) if left else []
        words = {token: self._withheld[owner] for token, owner in owned if owner in self._withheld}
        others = {owner for _, owner in owned} - owners
        return words | matched | self._matched(left, others, kinds, purpose)

    def _matched(
        self, tokens: Collection[str], owners: Collection[str], kinds: Iterable[str], purpose: str
    ) -> dict[str, str]:
        wanted, found = set(tokens), {}
        hashes = {"name": self.home.tokens.name, "account": self.home.tokens.account}
        for kind in kinds:
            token_of = hashes.get(kind, self.home.tokens.text)
            for values in self._reveal(owners, kind, purpose).values():
                found.update({token_of(value): value for value in values if token_of(value) in wanted})
        return found

    def _reveal(self, subjects: Collection[str], kind: str, purpose: str) -> dict[str, list[str]]:
        asked = sorted(subject for subject in subjects if subject not in self._withheld)
        if not asked:
            return {}
        return self.home.vault.reveal(asked, kind, reason=self.reason, actor=self.actor, purpose=purpose)

    def _likely(self, tokens: Collection[str], places: Iterable[tuple[str, ...]]) -> set[str]:
        """Return one person per token and place, the last whose data are not withheld, but all collectors.

        One opens the token as well as another: a county has a thousand bearers of a common name, and whoever is asked
        for stands in the access ledger as looked at.
        """
        withheld = pa.table({"withheld": pa.array(sorted(self._withheld), pa.string())})
        likely: set[str] = set()
        with _Given(self.world, "withheld_owner", withheld), _wanted(self.world, tokens):
            for table, column, owner, *_ in places:
                chosen = owner if table == _HANDS else f"max({owner})"
                query = (
                    f"SELECT {column}, {chosen} FROM {table} SEMI JOIN wanted_token ON token = {column} "
                    f"ANTI JOIN withheld_owner ON withheld = {owner} WHERE {owner} IS NOT NULL GROUP BY ALL"
                )
                likely.update(row[1] for row in self.world.execute(query).fetchall())
        return likely

    def _owned(self, tokens: Collection[str], places: Iterable[tuple[str, ...]]) -> list[tuple[str, str]]:
        """Return the tokens with the persons under whose secrets they are sealed."""
        owned: set[tuple[str, str]] = set()
        with _wanted(self.world, tokens):
            for table, column, owner, *_ in places:
                source = f"{table} SEMI JOIN wanted_token ON token = {column}"
                query = f"SELECT DISTINCT {column}, {owner} FROM {source} WHERE {owner} IS NOT NULL"
                owned.update((row[0], row[1]) for row in self.world.execute(query).fetchall())
        return sorted(owned)

    def _last4(self, tokens: Collection[str]) -> list[tuple[str, str]]:
        with _wanted(self.world, tokens):
            union = " UNION ".join(
                f"SELECT {column} AS token, {last4} AS last4 FROM {table} SEMI JOIN wanted_token ON token = {column}"
                for table, column, _, last4 in _ACCOUNTS
            )
            query = f"SELECT token, min(last4) FROM ({union}) WHERE last4 IS NOT NULL GROUP BY token"
            return [(row[0], row[1]) for row in self.world.execute(query).fetchall()]


class _Given:
    """A table of the world while the block runs."""

    def __init__(self, world: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
        self.world, self.name, self.table = world, name, table

    def __enter__(self) -> None:
        self.world.register(self.name, self.table)

    def __exit__(self, *error: object) -> None:
        self.world.unregister(self.name)


def _wanted(world: duckdb.DuckDBPyConnection, tokens: Collection[str]) -> _Given:
    """Return the tokens asked for as a table."""
    return _Given(world, "wanted_token", pa.table({"token": pa.array(sorted(tokens), pa.string())}))
