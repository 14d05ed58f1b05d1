"""Putting into the vault: which entries are new to their subjects, sealed under each subject's own secret."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from ledger.sealing import NONCE_BYTES, Sealing, random_secrets
from ledger.vault_store import Row, VaultRows, bucket_of

HELD_SUBJECTS = 400_000
"""Subjects whose secret and marks are held in memory, about 250 bytes each; more are looked up again."""


class Sealed(NamedTuple):
    """One value to be kept of a subject."""

    subject: str
    """A token, or the place of a quarantined record."""
    kind: str
    """number, name, phone, address, account, text, extra, quarantine ..."""
    value: bytes | str


Entry = tuple[str, str, bytes | str]
"""A Sealed, or its plain tuple: subject, kind and value."""


class PutCount(NamedTuple):
    """What became of the entries given: written + repeated + erased = given."""

    written: int
    repeated: int
    erased: int
    """Not written, since their subject was erased."""


class _Subject(NamedTuple):
    """A subject that stands in the vault."""

    secret: bytes
    marks: bytes
    """Of all its entries, one after the other."""


_BySubject = dict[str, dict[tuple[str, bytes | str], None]]
"""Subject to its kinds and values, each once."""


class Batch(NamedTuple):
    """Entries that are put together."""

    entries: Sequence[Entry]
    by_subject: _BySubject


class Done(NamedTuple):
    """What one batch of entries added."""

    told: PutCount
    standing: dict[str, _Subject]
    """How its subjects stand with it."""


_ENCODER = msgspec.msgpack.Encoder()


class Putting:
    """Puts entries of one vault; it remembers how the subjects that it wrote stand."""

    def __init__(self, sealing: Sealing) -> None:
        self._sealing = sealing
        self._held: dict[str, _Subject] = {}
        """Subjects as they stand after the last commit, for those that this process has written."""

    def put_all(self, stored: VaultRows, batches: Sequence[Batch]) -> list[Done]:
        """Add what does not stand of each batch, each behind those before it; return what each added.

        Nothing is held of it until `hold`, since the transaction may be done again.
        """
        ahead, done = dict[str, _Subject](), list[Done]()
        for batch in batches:
            done.append(self._put(stored, batch, ahead))
            ahead |= done[-1].standing
        return done

    def hold(self, standing: dict[str, _Subject]) -> None:
        """Remember subjects as a transaction that is on disk left them."""
        if len(self._held) + len(standing) > HELD_SUBJECTS:
            self._held.clear()
        self._held.update(standing)

    def forget(self, subject: str) -> None:
        """Hold nothing of a subject any longer."""
        self._held.pop(subject, None)

    def _put(self, stored: VaultRows, batch: Batch, ahead: Mapping[str, _Subject]) -> Done:
        """Add what does not stand; `ahead`: how subjects stand by batches before this one in the transaction."""
        entries, by_subject = batch
        gone = stored.erased(by_subject)
        lost = sum(entry[0] in gone for entry in entries) if gone else 0
        for subject in gone:
            self._held.pop(subject, None)
        kept = {subject: own for subject, own in by_subject.items() if subject not in gone} if gone else by_subject
        rows, standing = self._rows(kept, self._known(stored, kept, ahead))
        stored.add(rows)
        written = sum(len(row[3]) for row in rows) // NONCE_BYTES
        return Done(PutCount(written, len(entries) - lost - written, lost), standing)

    def _known(
        self, stored: VaultRows, subjects: Collection[str], ahead: Mapping[str, _Subject]
    ) -> dict[str, _Subject]:
        """Return how the subjects stand, those that this process has not written as the file has them.

        What another process adds to a held subject meanwhile is not seen: at worst an entry is kept twice.
        """
        held: Mapping[str, _Subject] = ChainMap(dict(ahead), self._held) if ahead else self._held
        known = {subject: held[subject] for subject in subjects if subject in held}
        wrapped: dict[str, bytes] = {}
        marks: dict[str, bytes] = {}
        for _, subject, secret, own, _ in stored.of_subjects([each for each in subjects if each not in known]):
            # Without its secret (a damaged file) a subject has an empty one, which Sealing.secret calls Broken.
            wrapped[subject] = secret or wrapped.get(subject, b"")
            marks[subject] = marks.get(subject, b"") + own
        for subject, secret in wrapped.items():
            known[subject] = _Subject(self._sealing.secret(subject.encode(), secret), marks[subject])
        return known

    def _rows(
        self, by_subject: _BySubject, known: dict[str, _Subject]
    ) -> tuple[list[Row], dict[str, _Subject]]:
        """Return the rows of the entries that do not stand yet, and how their subjects stand with them."""
        random = random_secrets(len(by_subject))
        rows: list[Row] = []
        standing: dict[str, _Subject] = {}
        for subject, entries in by_subject.items():
            before = known.get(subject)
            bound = subject.encode()
            fresh = self._fresh(bound, entries, b"" if before is None else before.marks)
            if not fresh:
                continue
            made, wrapping, nonce = next(random)
            secret = made if before is None else before.secret
            wrapped = self._sealing.wrapped(made, wrapping, bound) if before is None else None
            marks = b"".join(fresh)
            sealed = self._sealing.cipher(secret).encrypt(nonce, _ENCODER.encode(list(fresh.values())), bound + marks)
            rows.append((bucket_of(subject), subject, wrapped, marks, nonce + sealed))
            standing[subject] = _Subject(secret, marks if before is None else before.marks + marks)
        return rows, standing

    def _fresh(
        self, bound: bytes, entries: Iterable[tuple[str, bytes | str]], marks: bytes
    ) -> dict[bytes, tuple[str, bytes]]:
        """Return the entries that have none of the marks, by their own."""
        fresh: dict[bytes, tuple[str, bytes]] = {}
        for kind, value in entries:
            plain = value.encode() if isinstance(value, str) else value
            fresh[self._sealing.mark(bound + b"\0" + kind.encode(), plain)] = (kind, plain)
        for at in range(0, len(marks), NONCE_BYTES):
            fresh.pop(marks[at : at + NONCE_BYTES], None)
        return fresh


def batch_of(entries: Sequence[Entry]) -> Batch:
    """Return entries to be put, those of a subject together, each once."""
    found: _BySubject = {}
    for subject, kind, value in entries:
        found.setdefault(subject, {})[(kind, value)] = None
    return Batch(entries, found)
