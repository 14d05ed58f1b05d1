"""The vault: what tokens stand for, encrypted per subject, so that one subject can be erased for good."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from domain.cases.access import OTHER, VERIFICATION
from domain.errors import Broken, Refused, Unreachable
from ledger.access import Access, Admit, check_named
from ledger.keys import Keys
from ledger.places import vault_store_at
from ledger.sealing import Sealing, identity_of, opened
from ledger.together import Together
from ledger.vault_contents import ENTRIES, Whole, contents
from ledger.vault_putting import Entry, PutCount, Putting, batch_of
from ledger.vault_store import VaultRows, VaultStore, bucket_of

WAIT_SECONDS = 60


def credentials_of(user: str) -> str:
    """Return the subject under which the secrets of an account of the service stand."""
    return f"user:{user}"


class Vault:
    """The entries of one store; safe for threads, and for several processes at once."""

    def __init__(
        self, store: VaultStore, keys: Keys, admit: Admit | None = None, wait: float = WAIT_SECONDS
    ) -> None:
        """Take a store for these keys, new or not; Broken where the master key does not fit, Unreachable.

        `admit` remembers who looks before anything is shown; a vault without it takes entries and reveals none.
        `wait`: seconds that a thread waits for others that put.
        """
        self.store = store
        self.sealing = Sealing(keys)
        self._putting = Putting(self.sealing)
        self._admit = admit
        self._together: Together[Sequence[Entry], PutCount] = Together(self._put_all, wait)
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
        *,
        reached: bool = False,
    ) -> Vault:
        """Open or create the vault of a home; Broken where the master key does not fit, Unreachable.

        `wait`: seconds to wait for other processes; `place`: the address of the PostgreSQL database that holds the rows
        instead of a file in the home; `admit`: see `Vault`; `reached`: see `ledger.places.recorder_at`.
        """
        store = vault_store_at(home, place, wait, reached=reached)
        try:
            return cls(store, keys, admit, wait)
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
        return self._together.run(entries) if entries else PutCount(0, 0, 0)

    def reveal(
        self, subjects: Collection[str], kind: str, *, reason: str, actor: str, purpose: str = OTHER
    ) -> dict[str, list[str]]:
        """Remember who looks at what and why, then return the subjects' values of a kind, oldest first.

        Subjects without any are left out; bytes that are no UTF-8 show replacement characters. Refused without reason
        or actor, where a subject is restricted, and by a vault that cannot remember; Broken where an entry cannot be
        decrypted. `purpose`: one of domain.cases.access.PURPOSES.
        """
        return self.reveal_kinds(subjects, [kind], reason=reason, actor=actor, purpose=purpose)[kind]

    def reveal_kinds(
        self, subjects: Collection[str], kinds: Collection[str], *, reason: str, actor: str, purpose: str = OTHER
    ) -> dict[str, dict[str, list[str]]]:
        """Return kind to what `reveal` gives of it; each kind is a look of its own, all remembered in one append."""
        wanted = tuple(dict.fromkeys(subjects))
        found = self._revealed([Access(actor, reason, kind, purpose, wanted) for kind in dict.fromkeys(kinds)])
        return {
            kind: {subject: [value.decode(errors="replace") for value in values] for subject, values in own.items()}
            for kind, own in found.items()
        }

    def credentials(self, user: str, kind: str) -> list[bytes]:
        """Return what a user signs in with, oldest first: shown to nobody, and each sign-in is an event of its own.

        Only what stands under `user:<name>` is given, so that no person's data come this way. Broken, Unreachable.
        """
        subject = credentials_of(user)
        return self._values([subject], [kind])[kind].get(subject, [])

    def _revealed(self, accesses: Sequence[Access]) -> dict[str, dict[str, list[bytes]]]:
        """Remember looks at the same subjects, one for each kind, and return kind to subject to values."""
        gone = self._admitted(accesses) if accesses else ()
        wanted = dict.fromkeys(subject for access in accesses for subject in access.subjects if subject not in gone)
        return self._values(list(wanted), [access.kind for access in accesses])

    def _values(self, wanted: list[str], kinds: Sequence[str]) -> dict[str, dict[str, list[bytes]]]:
        """Open the subjects' entries: kind to subject to values, oldest first; subjects without any are left out."""
        secrets: dict[str, bytes] = {}
        sealed: dict[str, list[tuple[bytes, bytes]]] = {}
        rows = self.store.read(lambda stored: list(self._ours(stored).of_subjects(wanted)))
        for _, subject, wrapped, marks, value in rows:
            if wrapped is not None:
                secrets[subject] = wrapped
            sealed.setdefault(subject, []).append((marks, value))
        found: dict[str, dict[str, list[bytes]]] = {kind: {} for kind in kinds}
        for subject in (each for each in wanted if each in sealed):
            for kind, value in self._opened(subject, secrets, sealed[subject]):
                if kind in found:
                    found[kind].setdefault(subject, []).append(value)
        return found

    def whole(self, *, reason: str, actor: str) -> Iterator[list[Whole]]:
        """Remember that all of the vault is verified, then yield every subject with its entries, in batches.

        Refused without reason or actor, and by a vault that cannot remember; Unreachable.
        """
        self._admitted([Access(actor, reason, "all", VERIFICATION, (), every=True)])
        return contents(self.store, self.sealing)

    def tombstones(self) -> set[str]:
        """Return every subject whose secret was destroyed; Unreachable."""
        return self.store.read(lambda rows: rows.tombstones())

    def _admitted(self, accesses: Sequence[Access]) -> Collection[str]:
        """Have accesses remembered, and return whose entries may not be shown, since the ledger says erased."""
        for access in accesses:
            check_named(access.reason, access.actor)
        if self._admit is None:
            raise Refused(
                "这里无法登记查看记录，因此不显示任何个人信息：请通过账本打开保险库",
                "nothing is revealed where it cannot be remembered: open the vault through its home",
            )
        return self._admit(accesses)

    def holds(self, subject: str) -> bool:
        """Say whether there is any entry of a subject; nothing is opened. Unreachable."""
        return self.store.read(lambda rows: any(True for _ in rows.of_subjects([subject])))

    def erase(self, subject: str) -> bool:
        """Destroy a subject's secret and entries for good, in all of the vault's files; say whether there were any.

        A tombstone keeps later entries out. Unreachable where another process is reading: erased, but to be called
        again so that the write-ahead log is emptied too.
        """
        self._putting.forget(subject)
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

    def _put_all(self, batches: Sequence[Sequence[Entry]]) -> list[PutCount]:
        """Keep batches of several threads in one transaction, each behind those before it; return what each added."""
        grouped = [batch_of(entries) for entries in batches]
        found = self.store.write(lambda stored: self._putting.put_all(self._ours(stored), grouped))
        for each in found:
            self._putting.hold(each.standing)
        return [each.told for each in found]

    def _opened(
        self, subject: str, secrets: dict[str, bytes], sealed: list[tuple[bytes, bytes]]
    ) -> Iterable[tuple[str, bytes]]:
        """Return the kinds and values of a subject's entries, oldest first, each once."""
        bound = subject.encode()
        cipher = self.sealing.cipher(self.sealing.secret(bound, secrets.get(subject, b"")))
        rows = (ENTRIES.decode(opened(cipher, value, bound + marks)) for marks, value in sealed)
        return dict.fromkeys((kind, value) for entries in rows for kind, value in entries)
