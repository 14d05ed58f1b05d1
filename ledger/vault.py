"""The vault: what tokens stand for, encrypted per subject, so that one subject can be erased for good."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from domain.cases.access import OTHER, VERIFICATION
from domain.errors import Broken, Refused, Unreachable
from ledger.access import Access, Admit, check_named
from ledger.keys import Keys
from ledger.places import vault_store_at
from ledger.sealing import NONCE_BYTES, Sealing, identity_of, opened, random_secrets
from ledger.vault_contents import ENTRIES, Whole, contents
from ledger.vault_store import Row, VaultRows, VaultStore, bucket_of

WAIT_SECONDS = 60
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


_ENCODER = msgspec.msgpack.Encoder()


def credentials_of(user: str) -> str:
    """Return the subject under which the secrets of an account of the service stand."""
    return f"user:{user}"


class Vault:
    """The entries of one store; safe for threads, and for several processes at once."""

    def __init__(self, store: VaultStore, keys: Keys, admit: Admit | None = None) -> None:
        """Take a store for these keys, new or not; Broken where the master key does not fit, Unreachable.

        `admit` remembers who looks before anything is shown; a vault without it takes entries and reveals none.
        """
        self.store = store
        self.sealing = Sealing(keys)
        self._admit = admit
        self._held: dict[str, _Subject] = {}
        """Subjects as they stand after the last commit, for those that this process has written."""
        new = self.sealing.check_value()
        standing = store.write(lambda rows: rows.check_value(new))
        if not self.sealing.fits(standing):
            raise Broken(
                f"{store.name} 与密钥文件不匹配：请恢复建立该保险库时的密钥",
                f"{store.name} does not fit the key file: restore the keys under which this vault was made",
            )
        self._standing = standing
        self.identity = identity_of(standing).hex()
        """By which a vault is known again, wherever its rows are moved and whatever its master key is."""

    @classmethod
    def open(
        cls,
        home: Path,
        keys: Keys,
        wait: int = WAIT_SECONDS,
        place: str | None = None,
        admit: Admit | None = None,
    ) -> Vault:
        """Open or create the vault of a home; Broken where the master key does not fit, Unreachable.

        `wait`: seconds to wait for other processes; `place`: the address of the PostgreSQL database that holds the rows
        instead of a file in the home; `admit`: see `Vault`.
        """
        store = vault_store_at(home, place, wait)
        try:
            return cls(store, keys, admit)
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Close the store; the vault cannot be used afterwards."""
        self.store.close()

    def put(self, entries: Sequence[Entry]) -> PutCount:
        """Keep entries, all in one transaction; the same entry again and those of erased subjects write nothing.

        Errors: Unreachable (nothing of the batch was written), Broken.
        """
        if not entries:
            return PutCount(0, 0, 0)
        by_subject: dict[str, dict[tuple[str, bytes | str], None]] = {}
        for subject, kind, value in entries:
            by_subject.setdefault(subject, {})[(kind, value)] = None
        rows, standing, lost = self.store.write(lambda stored: self._put(self._ours(stored), entries, by_subject))
        self._hold(standing)
        written = sum(len(row[3]) for row in rows) // NONCE_BYTES
        return PutCount(written, len(entries) - lost - written, lost)

    def reveal(
        self, subjects: Collection[str], kind: str, *, reason: str, actor: str, purpose: str = OTHER
    ) -> dict[str, list[str]]:
        """Remember who looks at what and why, then return the subjects' values of a kind, oldest first.

        Subjects without any are left out; bytes that are no UTF-8 show replacement characters. Refused without reason
        or actor, where a subject is restricted, and by a vault that cannot remember; Broken where an entry cannot be
        decrypted. `purpose`: one of domain.cases.access.PURPOSES.
        """
        found = self.reveal_bytes(subjects, kind, reason=reason, actor=actor, purpose=purpose)
        return {subject: [value.decode(errors="replace") for value in values] for subject, values in found.items()}

    def reveal_bytes(
        self, subjects: Collection[str], kind: str, *, reason: str, actor: str, purpose: str = OTHER
    ) -> dict[str, list[bytes]]:
        """Return the same as `reveal`, byte for byte."""
        gone = self._admitted(Access(actor, reason, kind, purpose, tuple(dict.fromkeys(subjects))))
        return self._values([subject for subject in dict.fromkeys(subjects) if subject not in gone], kind)

    def credentials(self, user: str, kind: str) -> list[bytes]:
        """Return what a user signs in with, oldest first: shown to nobody, and each sign-in is an event of its own.

        Only what stands under `user:<name>` is given, so that no person's data come this way. Broken, Unreachable.
        """
        subject = credentials_of(user)
        return self._values([subject], kind).get(subject, [])

    def _values(self, wanted: list[str], kind: str) -> dict[str, list[bytes]]:
        """Open the subjects' entries of a kind, oldest first; subjects without any are left out."""
        secrets: dict[str, bytes] = {}
        sealed: dict[str, list[tuple[bytes, bytes]]] = {}
        found = self.store.read(lambda rows: list(self._ours(rows).of_subjects(wanted)))
        for _, subject, wrapped, marks, value in found:
            if wrapped is not None:
                secrets[subject] = wrapped
            sealed.setdefault(subject, []).append((marks, value))
        values = {
            subject: self._opened(subject, kind, secrets, sealed[subject]) for subject in wanted if subject in sealed
        }
        return {subject: own for subject, own in values.items() if own}

    def whole(self, *, reason: str, actor: str) -> Iterator[list[Whole]]:
        """Remember that all of the vault is verified, then yield every subject with its entries, in batches.

        Refused without reason or actor, and by a vault that cannot remember; Unreachable.
        """
        self._admitted(Access(actor, reason, "all", VERIFICATION, (), every=True))
        return contents(self.store, self.sealing)

    def tombstones(self) -> set[str]:
        """Return every subject whose secret was destroyed; Unreachable."""
        return self.store.read(lambda rows: rows.tombstones())

    def _admitted(self, access: Access) -> Collection[str]:
        """Have the access remembered, and return whose entries may not be shown, since the ledger says erased."""
        check_named(access.reason, access.actor)
        if self._admit is None:
            raise Refused(
                "这里无法登记查看记录，因此不显示任何个人信息：请通过账本打开保险库",
                "nothing is revealed where it cannot be remembered: open the vault through its home",
            )
        return self._admit(access)

    def holds(self, subject: str) -> bool:
        """Say whether there is any entry of a subject; nothing is opened. Unreachable."""
        return self.store.read(lambda rows: any(True for _ in rows.of_subjects([subject])))

    def erase(self, subject: str) -> bool:
        """Destroy a subject's secret and entries for good, in all of the vault's files; say whether there were any.

        A tombstone keeps later entries out. Unreachable where another process is reading: erased, but to be called
        again so that the write-ahead log is emptied too.
        """
        self._held.pop(subject, None)
        deleted = self.store.write(lambda rows: rows.erase(bucket_of(subject), subject))
        if not self.store.purge():
            raise Unreachable(
                f"已删除，但其他进程正在读取 {self.store.name}，其中的残留尚未清除：请稍后再次执行",
                f"erased, but another process is reading {self.store.name}, so that traces stay in it: "
                "run this again later",
            )
        return deleted > 0

    def _ours(self, rows: VaultRows) -> VaultRows:
        """Return the rows; Unreachable where the master key was changed since this vault was opened."""
        if rows.check_value(self._standing) != self._standing:
            raise Unreachable(
                f"{self.store.name} 的主密钥刚被更换：请重新运行本命令",
                f"the master key of {self.store.name} was changed meanwhile: run this again",
            )
        return rows

    def _put(
        self,
        stored: VaultRows,
        entries: Sequence[Entry],
        by_subject: dict[str, dict[tuple[str, bytes | str], None]],
    ) -> tuple[list[Row], dict[str, _Subject], int]:
        """Add what does not stand; return the rows added, how their subjects stand, how many entries were erased."""
        gone = stored.erased(by_subject)
        lost = sum(entry[0] in gone for entry in entries) if gone else 0
        for subject in gone:
            self._held.pop(subject, None)
        kept = {subject: own for subject, own in by_subject.items() if subject not in gone} if gone else by_subject
        rows, standing = self._rows(kept, self._known(stored, kept))
        stored.add(rows)
        return rows, standing, lost

    def _known(self, stored: VaultRows, subjects: Collection[str]) -> dict[str, _Subject]:
        """Return how the subjects stand, those that this process has not written as the file has them.

        What another process adds to a held subject meanwhile is not seen: at worst an entry is kept twice.
        """
        held = self._held
        known = {subject: held[subject] for subject in subjects if subject in held}
        wrapped: dict[str, bytes] = {}
        marks: dict[str, bytes] = {}
        for _, subject, secret, own, _ in stored.of_subjects([each for each in subjects if each not in known]):
            # Without its secret (a damaged file) a subject has an empty one, which Sealing.secret calls Broken.
            wrapped[subject] = secret or wrapped.get(subject, b"")
            marks[subject] = marks.get(subject, b"") + own
        for subject, secret in wrapped.items():
            known[subject] = _Subject(self.sealing.secret(subject.encode(), secret), marks[subject])
        return known

    def _hold(self, standing: dict[str, _Subject]) -> None:
        if len(self._held) + len(standing) > HELD_SUBJECTS:
            self._held.clear()
        self._held.update(standing)

    def _rows(
        self, by_subject: dict[str, dict[tuple[str, bytes | str], None]], known: dict[str, _Subject]
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
            wrapped = self.sealing.wrapped(made, wrapping, bound) if before is None else None
            marks = b"".join(fresh)
            sealed = self.sealing.cipher(secret).encrypt(nonce, _ENCODER.encode(list(fresh.values())), bound + marks)
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
            fresh[self.sealing.mark(bound + b"\0" + kind.encode(), plain)] = (kind, plain)
        for at in range(0, len(marks), NONCE_BYTES):
            fresh.pop(marks[at : at + NONCE_BYTES], None)
        return fresh

    def _opened(
        self, subject: str, kind: str, secrets: dict[str, bytes], sealed: list[tuple[bytes, bytes]]
    ) -> list[bytes]:
        bound = subject.encode()
        cipher = self.sealing.cipher(self.sealing.secret(bound, secrets.get(subject, b"")))
        rows = (ENTRIES.decode(opened(cipher, value, bound + marks)) for marks, value in sealed)
        return list(dict.fromkeys(value for entries in rows for each, value in entries if each == kind))
