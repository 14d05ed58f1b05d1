"""Verifying the vault against the ledger: tokens are derived again from what is sealed; no name leaves this module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import duckdb
import pyarrow as pa

from casework.cases.sealed_words import all_words, token_of
from ledger.home import Home
from ledger.persons import ERASED, persons_of
from ledger.vault_contents import Whole
from projections.holders import held_tokens
from projections.models import ReadModels

SHOWN = 20
"""Subjects named per fault; all are counted."""
UNREADABLE, ANOTHERS, MISSING, KEPT, UNRECORDED = "unreadable", "anothers", "missing", "kept", "unrecorded"
FAULTS = {
    UNREADABLE: ("无法解密：已被改动、调换或移位", "cannot be decrypted: changed, swapped or moved"),
    ANOTHERS: ("内容推导出的令牌是另一人的", "what is sealed derives to the token of another"),
    MISSING: ("账本中有，保险库中没有，也没有删除记录", "in the ledger, not in the vault, and no erasure is recorded"),
    KEPT: ("账本记为已删除，保险库中仍有内容", "erased, the ledger says, but the vault still holds entries"),
    UNRECORDED: ("保险库标为已删除，账本中没有删除记录", "marked erased in the vault, but not recorded in the ledger"),
}
_CASES = frozenset({"answer", "note"})
"""First part of the names under which casework seals what was said."""
_MISSING = """
SELECT DISTINCT subject FROM ({held}) AS named
ANTI JOIN vault_holds USING (subject, token)
ANTI JOIN vault_explained USING (subject)
ORDER BY subject
"""


class Checked(NamedTuple):
    """What a verification of the vault found."""

    subjects: int
    entries: int
    erased: int
    faults: dict[str, list[str]]
    """Fault to the subjects with it, sorted; none where nothing is wrong."""


def check_vault(home: Home, *, actor: str, tell: Callable[[int], None]) -> Checked:
    """Open every entry, derive its token again, and compare with the subjects and with what the records name.

    Batch by batch; `tell` is called with the subjects done so far. Unreachable, Broken (the ledger itself).
    """
    with ReadModels(home.read_models, home.ledger) as models:
        return _check(home, models.connection, actor, tell)


def _check(home: Home, store: duckdb.DuckDBPyConnection, actor: str, tell: Callable[[int], None]) -> Checked:
    for table in ("vault_holds", "vault_named"):
        store.execute(f"CREATE OR REPLACE TEMP TABLE {table} (subject VARCHAR, token VARCHAR)")
    _keep(store, "vault_named", [(word.subject, word.token) for word in all_words(home.ledger)])
    faults: dict[str, set[str]] = {fault: set() for fault in FAULTS}
    subjects = entries = 0
    standing = persons_of(home.ledger).all_in(ERASED)
    for batch in home.vault.whole(reason="核对保险库", actor=actor):
        subjects += len(batch)
        entries += sum(len(whole.entries or ()) for whole in batch)
        faults[UNREADABLE] |= {whole.subject for whole in batch if whole.entries is None}
        faults[KEPT] |= {whole.subject for whole in batch if whole.subject in standing}
        held = list(_held(home, batch))
        faults[ANOTHERS] |= {subject for subject, token, bound in held if bound and token != bound}
        _keep(store, "vault_holds", [(subject, token) for subject, token, _ in held])
        tell(subjects)
    tombstones, erased = home.vault.tombstones(), persons_of(home.ledger).all_in(ERASED)
    faults[UNRECORDED] = tombstones - erased
    explained = pa.table({"subject": pa.array(sorted(tombstones | erased | faults[UNREADABLE]), pa.string())})
    store.register("vault_explained", explained)
    named = f"{held_tokens()} UNION ALL SELECT subject, token, NULL FROM vault_named"
    found = store.execute(_MISSING.format(held=named)).fetchall()
    store.unregister("vault_explained")
    faults[MISSING] = {row[0] for row in found}
    told = {fault: sorted(named) for fault, named in faults.items() if named}
    return Checked(subjects, entries, len(erased), told)


def _held(home: Home, batch: list[Whole]) -> Iterator[tuple[str, str, str]]:
    """Yield subject, the token that an entry derives to, and the token that it must be; "" where any may stand."""
    tokens = home.tokens
    for subject, entries, *_ in batch:
        space, colon, rest = subject.partition(":")
        for kind, value in entries or ():
            text = value.decode(errors="replace")
            if kind == "number":
                yield subject, tokens.identity(text), subject
            elif kind in ("name", "account"):
                token = tokens.name(text) if kind == "name" else tokens.account(text)
                yield subject, token, rest if colon and space == kind else ""
            elif space in _CASES:
                yield subject, token_of(tokens, kind, text), ""
            elif space != "file":
                yield subject, tokens.text(text), ""


def _keep(store: duckdb.DuckDBPyConnection, table: str, pairs: list[tuple[str, str]]) -> None:
    rows = pa.table(
        {
            "subject": pa.array([subject for subject, _ in pairs], pa.string()),
            "token": pa.array([token for _, token in pairs], pa.string()),
        }
    )
    store.register("vault_batch", rows)
    store.execute(f"INSERT INTO {table} SELECT subject, token FROM vault_batch")
    store.unregister("vault_batch")
