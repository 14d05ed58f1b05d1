"""The vault: what tokens stand for, encrypted per subject, so that one subject can be erased for good."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import Broken, Refused, Unreachable
from ledger.durable import private_folder
from ledger.failures import told
from ledger.keys import Keys
from ledger.sealing import NONCE_BYTES, Sealing, opened, random_secrets
from ledger.sqlite_file import connect

FILE = "vault.sqlite"
WAIT_SECONDS = 60
LOOK_UP_CHUNK = 20_000

# A row is an entry; a subject's first also holds its secret. Rows are only appended: no page keeps a stale copy.
_CREATE = (
    (
        "CREATE TABLE IF NOT EXISTS sealed (id INTEGER PRIMARY KEY, bucket INTEGER NOT NULL, subject TEXT NOT NULL, "
        "wrapped BLOB, marks BLOB NOT NULL, value BLOB NOT NULL)"
    ),
    "CREATE INDEX IF NOT EXISTS sealed_bucket ON sealed (bucket)",
    "CREATE TABLE IF NOT EXISTS erased (subject TEXT PRIMARY KEY) WITHOUT ROWID",
    (
        "CREATE TABLE IF NOT EXISTS access (id INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, "
        "reason TEXT NOT NULL, kind TEXT NOT NULL, subjects TEXT NOT NULL)"
    ),
    "CREATE TABLE IF NOT EXISTS master (value BLOB NOT NULL)",
)
_INSERT = "INSERT INTO sealed (bucket, subject, wrapped, marks, value) VALUES (?, ?, ?, ?, ?)"


class Sealed(NamedTuple):
    """One value to be kept of a subject."""

    subject: str
    """A token, or the place of a quarantined record."""
    kind: str
    """number, name, phone, address, account, text, extra, quarantine ..."""
    value: bytes | str


class PutCount(NamedTuple):
    """What became of the entries given: written + repeated + erased = given."""

    written: int
    repeated: int
    erased: int
    """Not written, since their subject was erased."""


class _Subject(NamedTuple):
    wrapped: bytes
    marks: set[bytes]


Row = tuple[int, str, bytes | None, bytes, bytes]
Entries = list[tuple[str, bytes]]
"""Kinds and values as they are sealed together."""
_ENTRIES = msgspec.msgpack.Decoder(Entries)
"""Bucket, subject, kind, wrapped secret (with a subject's first entry), nonce with ciphertext and tag."""


def utc_now() -> datetime:
    """Return the time of day; the vault's edge for its access rows."""
    return datetime.now(UTC)


class Vault:
    """One file, one connection; safe for threads, and for several processes at once."""

    def __init__(
        self, file: Path, connection: sqlite3.Connection, sealing: Sealing, clock: Callable[[], datetime]
    ) -> None:
        self.file = file
        self._connection = connection
        self._sealing = sealing
        self._clock = clock
        self._one = threading.Lock()

    @classmethod
    def open(cls, home: Path, keys: Keys, wait: int = WAIT_SECONDS, clock: Callable[[], datetime] = utc_now) -> Vault:
        """Open or create the vault of a home; Broken where the master key does not fit, Unreachable.

        `wait`: seconds to wait for other processes; `clock`: the time that access rows are given.
        """
        file = (home / FILE).absolute()
        with told(file):
            private_folder(file.parent)
            connection = connect(file, wait)
            vault = cls(file, connection, Sealing(keys), clock)
            try:
                vault._prepare()
            except BaseException:
                connection.close()
                raise
        return vault

    def close(self) -> None:
        """Close the file; the vault cannot be used afterwards."""
        with self._one:
            self._connection.close()

    def put(self, entries: Sequence[Sealed]) -> PutCount:
        """Keep entries, all in one transaction; the same entry again and those of erased subjects write nothing.

        Errors: Unreachable (nothing of the batch was written), Broken.
        """
        fresh = dict.fromkeys(entries)
        with self._transaction() as connection:
            gone = _erased(connection, fresh)
            known = self._known(connection, fresh)
            kept = [entry for entry in fresh if entry.subject not in gone] if gone else list(fresh)
            rows = self._rows(kept, known)
            connection.executemany(_INSERT, rows)
        lost = sum(entry.subject in gone for entry in entries) if gone else 0
        written = sum(len(marks) for _, _, _, marks, _ in rows) // NONCE_BYTES
        return PutCount(written, len(entries) - lost - written, lost)

    def reveal(self, subjects: Collection[str], kind: str, *, reason: str, actor: str) -> dict[str, list[str]]:
        """Return the subjects' values of a kind, oldest first, and note who revealed what and why.

        Subjects without any are left out; bytes that are no UTF-8 show replacement characters. Refused without reason
        or actor, Broken where an entry cannot be decrypted.
        """
        found = self.reveal_bytes(subjects, kind, reason=reason, actor=actor)
        return {subject: [value.decode(errors="replace") for value in values] for subject, values in found.items()}

    def reveal_bytes(self, subjects: Collection[str], kind: str, *, reason: str, actor: str) -> dict[str, list[bytes]]:
        """Return the same as `reveal`, byte for byte."""
        if not reason.strip() or not actor.strip():
            raise Refused("查看个人信息必须说明理由和查看人", "personal data are revealed with a reason and an actor")
        wanted = list(dict.fromkeys(subjects))
        row = (self._clock().isoformat(), actor, reason, kind, msgspec.json.encode(wanted).decode())
        with self._transaction() as connection:
            connection.execute("INSERT INTO access (at, actor, reason, kind, subjects) VALUES (?, ?, ?, ?, ?)", row)
        secrets: dict[str, bytes] = {}
        sealed: dict[str, list[tuple[bytes, bytes]]] = {}
        with self._one, told(self.file):
            for _, subject, wrapped, marks, value in _rows_of(self._connection, wanted):
                if wrapped is not None:
                    secrets[subject] = wrapped
                sealed.setdefault(subject, []).append((marks, value))
        found = {
            subject: self._opened(subject, kind, secrets, sealed[subject]) for subject in wanted if subject in sealed
        }
        return {subject: values for subject, values in found.items() if values}

    def erase(self, subject: str) -> bool:
        """Destroy a subject's secret and entries for good, in all of the vault's files; say whether there were any.

        A tombstone keeps later entries out. Unreachable where another process is reading: erased, but to be called
        again so that the write-ahead log is emptied too.
        """
        with self._transaction() as connection:
            place = (_bucket(subject), subject)
            deleted = connection.execute("DELETE FROM sealed WHERE bucket = ? AND subject = ?", place)
            connection.execute("INSERT OR IGNORE INTO erased (subject) VALUES (?)", (subject,))
        with self._one, told(self.file):
            busy: int = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise Unreachable(
                f"已删除，但其他进程正在读取 {self.file}，日志中的残留尚未清除：请稍后再次执行",
                f"erased, but another process is reading {self.file}, so that traces stay in its log: "
                "run this again later",
            )
        return deleted.rowcount > 0

    def _prepare(self) -> None:
        with self._transaction() as connection:
            for statement in _CREATE:
                connection.execute(statement)
            found = connection.execute("SELECT value FROM master").fetchone()
            if found is None:
                connection.execute("INSERT INTO master (value) VALUES (?)", (self._sealing.check_value(),))
            elif not self._sealing.fits(found[0]):
                raise Broken(
                    f"{self.file} 与密钥文件不匹配：请恢复建立该保险库时的密钥",
                    f"{self.file} does not fit the key file: restore the keys under which this vault was made",
                )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._one, told(self.file):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _known(self, connection: sqlite3.Connection, entries: Collection[Sealed]) -> dict[str, _Subject]:
        known: dict[str, _Subject] = {}
        for _, subject, wrapped, marks, _ in _rows_of(connection, list({entry.subject for entry in entries})):
            if wrapped is not None:
                known[subject] = _Subject(wrapped, set())
            # Without its secret (a damaged file) a subject has an empty one, which Sealing.secret calls Broken.
            standing = known.setdefault(subject, _Subject(b"", set()))
            standing.marks.update(marks[at : at + NONCE_BYTES] for at in range(0, len(marks), NONCE_BYTES))
        return known

    def _rows(self, entries: list[Sealed], known: dict[str, _Subject]) -> list[Row]:
        by_subject: dict[str, list[Sealed]] = {}
        for entry in entries:
            by_subject.setdefault(entry.subject, []).append(entry)
        new = random_secrets(len(by_subject.keys() - known.keys()))
        made = (self._row(subject, own, known.get(subject), new) for subject, own in by_subject.items())
        return [row for row in made if row is not None]

    def _row(
        self, subject: str, entries: list[Sealed], standing: _Subject | None, new: Iterator[tuple[bytes, bytes]]
    ) -> Row | None:
        """Return the row of a subject's entries that do not stand yet; None where all do."""
        bound = subject.encode()
        fresh: dict[bytes, tuple[str, bytes]] = {}
        for _, kind, value in entries:
            plain = value.encode() if isinstance(value, str) else value
            mark = self._sealing.mark(bound + b"\0" + kind.encode(), plain)
            if standing is None or mark not in standing.marks:
                fresh[mark] = (kind, plain)
        if not fresh:
            return None
        if standing is None:
            secret, wrapping = next(new)
            wrapped = self._sealing.wrapped(secret, wrapping, bound)
        else:
            secret, wrapped = self._sealing.secret(bound, standing.wrapped), None
        marks = b"".join(fresh)
        nonce = self._sealing.mark(bound, marks)
        sealed = AESGCM(secret).encrypt(nonce, msgspec.msgpack.encode(list(fresh.values())), bound + marks)
        return (_bucket(subject), subject, wrapped, marks, nonce + sealed)

    def _opened(
        self, subject: str, kind: str, secrets: dict[str, bytes], sealed: list[tuple[bytes, bytes]]
    ) -> list[bytes]:
        bound = subject.encode()
        cipher = AESGCM(self._sealing.secret(bound, secrets.get(subject, b"")))
        rows = (_ENTRIES.decode(opened(cipher, value, bound + marks)) for marks, value in sealed)
        return [value for entries in rows for each, value in entries if each == kind]


def _bucket(subject: str) -> int:
    """Return a small number to look subjects up by: an index of four bytes stays an eighth of one of tokens."""
    return crc32(subject.encode())


def _rows_of(connection: sqlite3.Connection, subjects: list[str]) -> Iterator[Row]:
    """Yield all rows of the subjects, each subject's oldest first."""
    statement = (
        "SELECT s.bucket, s.subject, s.wrapped, s.marks, s.value FROM json_each(?) AS wanted "
        "CROSS JOIN sealed AS s ON s.bucket = wanted.value"
    )
    for start in range(0, len(subjects), LOOK_UP_CHUNK):
        chunk = set(subjects[start : start + LOOK_UP_CHUNK])
        buckets = msgspec.json.encode(list({_bucket(subject) for subject in chunk})).decode()
        yield from (row for row in connection.execute(statement, (buckets,)) if row[1] in chunk)


def _erased(connection: sqlite3.Connection, entries: Collection[Sealed]) -> set[str]:
    """Return the subjects among the entries' that were erased."""
    if connection.execute("SELECT 1 FROM erased LIMIT 1").fetchone() is None:
        return set()
    names = msgspec.json.encode(list({entry.subject for entry in entries})).decode()
    statement = "SELECT e.subject FROM json_each(?) AS wanted CROSS JOIN erased AS e ON e.subject = wanted.value"
    return {row[0] for row in connection.execute(statement, (names,))}
