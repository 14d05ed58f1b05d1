"""A home: the folder with the ledger, the vault, the objects and the keys, opened together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from domain.errors import Refused, Unreachable
from ledger.access import Access, AccessLedger
from ledger.durable import create_once, sync_folder
from ledger.failures import unwritable
from ledger.keys import Keys, open_or_create
from ledger.log import Ledger
from ledger.merkle.sealer import Sealer
from ledger.objects import Objects
from ledger.places import what_stands
from ledger.sqlite.recorder import FILE
from ledger.tokens import Tokens
from ledger.vault import Vault

MARK = "ledger.postgresql"
"""A file that says of which vault in PostgreSQL this home holds the keys, so that no second ledger is begun."""

RESTORING = "restore-unfinished"
"""A file that stands in a home while a backup is copied into it."""


class Home:
    """What belongs together, opened in the order of writing: a folder, or a folder and a PostgreSQL database."""

    def __init__(self, folder: Path, keys: Keys, place: str | None = None) -> None:
        """Open what stands in the folder; `place`: the database that holds ledger and vault instead.

        Errors: Refused where this home's ledger stands elsewhere, Broken, Unreachable.
        """
        self.folder, self.keys, self.place = folder, keys, place
        _check_place(folder, place)
        self.objects = Objects.of_home(folder)
        self.vault = Vault.open(folder, keys, place=place, admit=self._admit)
        if place is not None:
            mark(folder, self.vault.identity)
        self.ledger = Ledger.open(folder, place=place, reached=True)
        self.access = AccessLedger(self.ledger)
        self.tokens = Tokens(keys)
        self.sealer: Sealer | None = None
        """None in a temporary home, whose ledger nobody will ever verify."""

    @classmethod
    def open(cls, folder: Path, place: str | None = None, algorithms: str | None = None) -> Home:
        """Open or create a home; Broken where keys are missing, Unreachable where it cannot be written.

        `algorithms`: see `ledger.keys.open_or_create`.
        """
        _check_place(folder, place)
        home = cls(folder, open_or_create(folder, lambda: what_stands(place), algorithms), place)
        home.sealer = Sealer(folder, home.ledger)
        return home

    @property
    def read_models(self) -> Path:
        """The file of the read models: disposable."""
        return self.folder / "read-models.duckdb"

    def _admit(self, accesses: Sequence[Access]) -> frozenset[str]:
        """Remember accesses in this home's ledger; errors as `AccessLedger.admit_all`."""
        return self.access.admit_all(accesses)

    def __enter__(self) -> Self:
        """Return the home, to be closed at the end of the block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *unused: object) -> None:
        """Close; where the block found the ledger unreachable, without trying once more to seal."""
        if kind is not None and issubclass(kind, Unreachable):
            self.sealer = None
        self.close()

    def close(self) -> None:
        """Seal what was appended, then close ledger and vault; errors as `Sealer.seal`."""
        try:
            if self.sealer is not None:
                self.sealer.seal()
        finally:
            self.ledger.close()
            self.vault.close()


def mark(folder: Path, identity: str) -> None:
    """Note that the home's ledger stands in PostgreSQL, beside the vault of that identity.

    Refused where another vault is noted, Unreachable.
    """
    file = folder / MARK
    try:
        create_once(file, identity.encode())
        noted = file.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise unwritable(error, file) from error
    if noted != identity:
        raise Refused(
            f"MINGZHANG_LEDGER 指向的不是 {folder} 的数据库（{file.name} 记载 {noted}，实际为 {identity}）：请改正地址",
            f"MINGZHANG_LEDGER names another database than that of {folder} ({file.name} says {noted}, found "
            f"{identity}): correct the address",
        )


def unmark(folder: Path) -> None:
    """Note that the home's ledger stands in its own files again; Unreachable."""
    try:
        (folder / MARK).unlink(missing_ok=True)
        sync_folder(folder)
    except OSError as error:
        raise unwritable(error, folder / MARK) from error


def _check_place(folder: Path, place: str | None) -> None:
    if (folder / RESTORING).exists():
        raise Refused(
            f"{folder} 的恢复没有做完：请再次执行 mingzhang restore",
            f"the restore of {folder} did not come to its end: run mingzhang restore again",
        )
    marked = (folder / MARK).exists()
    if place is None and marked:
        raise Refused(
            f"{folder} 的账本在 PostgreSQL 中：请设置 MINGZHANG_LEDGER",
            f"the ledger of {folder} stands in PostgreSQL: set MINGZHANG_LEDGER",
        )
    if place is not None and not marked and (folder / FILE).exists():
        raise Refused(
            f"{folder} 已有账本 {FILE}：请先执行 mingzhang migrate ledger --from sqlite --to postgresql",
            f"{folder} has a ledger of its own, {FILE}: run mingzhang migrate ledger --from sqlite --to postgresql "
            "first",
        )
