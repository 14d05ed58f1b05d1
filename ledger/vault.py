"""The vault: what tokens stand for, encrypted per subject, so that one subject can be erased for good."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
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
HELD_SUBJECTS = 400_000
"""Subjects whose secret and marks are held in memory, about 250 bytes each; more are looked up again."""

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


Row = tuple[int, str, bytes | None, bytes, bytes]
"""Bucket, subject, wrapped secret (in a subject's first row), marks of its entries, nonce with ciphertext and tag."""
Entries = list[tuple[str, bytes]]
"""Kinds and values as they are sealed together."""
_ENCODER = msgspec.msgpack.Encoder()
_ENTRIES = msgspec.msgpack.Decoder(Entries)


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
        self._held: dict[str, _Subject] = {}
        """Subjects as they stand after the last commit, for those that this process has written."""

    @classmethod
    def open(cls, home: Path, keys: Keys, wait: int = WAIT_SECONDS, clock: Callable[[], datetime] = utc_now) -> Vault:
        """Open or create the vault of a home; Broken where the master key does not fit, Unreachable.

        `wait`: seconds to wait for other processes; `clock`: the time that access rows are given.
        """
        file = (home / FILE).absolute()
        with told(file):
            private_folder(file.parent)
            connection = connect(file, wait, erases=True)
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

    def put(self, entries: Sequence[Entry]) -> PutCount:
        """Keep entries, all in one transaction; the same entry again and those of erased subjects write nothing.

        Errors: Unreachable (nothing of the batch was written), Broken.
        """
        if not entries:
            return PutCount(0, 0, 0)
        by_subject: dict[str, dict[tuple[str, bytes | str], None]] = {}
        for subject, kind, value in entries:
            by_subject.setdefault(subject, {})[(kind, value)] = None
        with self._transaction() as connection:
            gone = _erased(connection, by_subject)
            lost = sum(entry[0] in gone for entry in entries) if gone else 0
            for subject in gone:
                del by_subject[subject]
                self._held.pop(subject, None)
            rows, standing = self._rows(by_subject, self._known(connection, by_subject))
            connection.executemany(_INSERT, rows)
        self._hold(standing)
        written = sum(len(row[3]) for row in rows) // NONCE_BYTES
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
        self._held.pop(subject, None)
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

    def _known(self, connection: sqlite3.Connection, subjects: Collection[str]) -> dict[str, _Subject]:
        """Return how the subjects stand, those that this process has not written as the file has them.

        What another process adds to a held subject meanwhile is not seen: at worst an entry is kept twice.
        """
        held = self._held
        known = {subject: held[subject] for subject in subjects if subject in held}
        wrapped: dict[str, bytes] = {}
        marks: dict[str, bytes] = {}
        for _, subject, secret, own, _ in _rows_of(connection, [each for each in subjects if each not in known]):
            # Without its secret (a damaged file) a subject has an empty one, which Sealing.secret calls Broken.
            wrapped[subject] = secret or wrapped.get(subject, b"")
            marks[subject] = marks.get(subject, b"") + own
        for subject, secret in wrapped.items():
            known[subject] = _Subject(self._sealing.secret(subject.encode(), secret), marks[subject])
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
            wrapped = self._sealing.wrapped(made, wrapping, bound) if before is None else None
            marks = b"".join(fresh)
            sealed = AESGCM(secret).encrypt(nonce, _ENCODER.encode(list(fresh.values())), bound + marks)
            rows.append((_bucket(subject), subject, wrapped, marks, nonce + sealed))
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

    def _opened(
        self, subject: str, kind: str, secrets: dict[str, bytes], sealed: list[tuple[bytes, bytes]]
    ) -> list[bytes]:
        bound = subject.encode()
        cipher = AESGCM(self._sealing.secret(bound, secrets.get(subject, b"")))
        rows = (_ENTRIES.decode(opened(cipher, value, bound + marks)) for marks, value in sealed)
        return list(dict.fromkeys(value for entries in rows for each, value in entries if each == kind))


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


def _erased(connection: sqlite3.Connection, subjects: Collection[str]) -> set[str]:
    """Return the subjects that were erased."""
    if connection.execute("SELECT 1 FROM erased LIMIT 1").fetchone() is None:
        return set()
    names = msgspec.json.encode(list(subjects)).decode()
    statement = "SELECT e.subject FROM json_each(?) AS wanted CROSS JOIN erased AS e ON e.subject = wanted.value"
    return {row[0] for row in connection.execute(statement, (names,))}
