"""The file in hand: what is being taken, on disk in the home before it begins, so that a restart finishes just that."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path

import msgspec

from consumers.inbox.departments import Entry
from consumers.inbox.folders import Look
from consumers.inbox.names import clean_name
from domain.errors import Broken, MingzhangError
from ledger.durable import private_folder, replace, sync_folder
from ledger.failures import unwritable

FOLDER = "inbox"
FILE = "claim.json"


class Why(msgspec.Struct, frozen=True):
    """Why a file is refused as a whole."""

    zh: str
    en: str


class Place(msgspec.Struct, frozen=True):
    """A refused row, or a file or sheet that cannot be read (line 0), as the quarantine shows it."""

    place: str
    line: int
    record_id: str
    column: str
    value: str
    reason_zh: str
    reason_en: str


class Counts(msgspec.Struct, frozen=True):
    """read = appended + repeated + amended + quarantined."""

    read: int
    appended: int
    repeated: int
    amended: int
    quarantined: int
    set_aside: int
    unreadable: int


class Outcome(Counts, frozen=True):
    """What became of a file's rows."""

    places: list[Place]
    """The first of the refused; all are in the quarantine."""

    @property
    def nothing_taken(self) -> bool:
        """Whether all that was handed in was refused."""
        return bool(self.quarantined or self.unreadable) and not (self.appended or self.repeated or self.amended)


class Claim(msgspec.Struct, frozen=True):
    """One file from the moment it is complete until it is moved away and answered."""

    department: str
    raw: str
    """Its name in the folder, as hex of the bytes."""
    name: str
    """The name as text, as ledger and receipt have it."""
    look: tuple[int, int, int]
    at: datetime
    """When it was taken, with zone: the date in the names that it leaves."""
    type: str = ""
    source: str = ""
    purpose: str = ""
    sha256: str = ""
    """Of its bytes; empty where they cannot be had."""
    standing: int = 0
    """How often the ledger says of these bytes that they were taken in, before this time."""
    refusal: Why | None = None
    outcome: Outcome | None = None

    @classmethod
    def of(cls, entry: Entry, at: datetime) -> Claim:
        """Return the claim of a file of which nothing more is known yet."""
        return cls(entry.department, os.fsencode(entry.name).hex(), clean_name(entry.name), entry.look, at)

    @property
    def entry(self) -> tuple[str, Look]:
        """The file's name in its folder, and what told it from others."""
        return os.fsdecode(bytes.fromhex(self.raw)), Look(*self.look)

    @property
    def kept_as(self) -> str:
        """The name under which file and receipts are kept: date, digest, name."""
        return f"{self.at:%Y%m%d-%H%M%S}_{self.sha256[:8] or '-'}_{self.name}"

    @property
    def refused(self) -> bool:
        """Whether the file goes back: it could not be taken as a whole, or nothing in it could."""
        return self.refusal is not None or (self.outcome is not None and self.outcome.nothing_taken)


class Claims:
    """The claim of one inbox in one home, with a copy of the file that nobody else can change."""

    def __init__(self, home: Path, inbox: Path) -> None:
        """Open them, and remove what a killed process left of copies; Unreachable."""
        self.folder = home / FOLDER / hashlib.sha256(os.fsencode(inbox.resolve())).hexdigest()[:16]
        self._file = self.folder / FILE
        try:
            private_folder(self.folder)
            if self.standing() is None:
                self._clear()
        except OSError as error:
            raise unwritable(error, self.folder) from error

    def standing(self) -> Claim | None:
        """Return the claim that is not finished; Broken, Unreachable."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Claim)
        except FileNotFoundError:
            return None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Broken(
                f"{self._file} 内容不对：删除后该文件会从头收取",
                f"{self._file} cannot be read; without it the file is taken anew",
            ) from error
        except OSError as error:
            raise unwritable(error, self._file) from error

    def copy_of(self, claim: Claim) -> Path:
        """Return where the copy of the file stands."""
        return self.folder / "copy" / claim.name

    def mapping(self) -> Path:
        """Return where the copy of the department's headings stands."""
        return self.folder / "mapping.yaml"

    def begin(self) -> None:
        """Make room for a copy; OSError."""
        self._clear()
        private_folder(self.folder / "copy")

    def keep(self, claim: Claim) -> None:
        """Put the claim on disk; OSError."""
        replace(self._file, msgspec.json.encode(claim))

    def drop(self) -> None:
        """Forget the claim, then its copy; OSError."""
        self._file.unlink(missing_ok=True)
        sync_folder(self.folder)
        self._clear()

    def _clear(self) -> None:
        copies = self.folder / "copy"
        left = [*(copies.iterdir() if copies.is_dir() else ()), self.mapping()]
        left += [path for path in self.folder.iterdir() if path.name.startswith(".")]
        for path in left:
            path.unlink(missing_ok=True)


def why(error: MingzhangError) -> Why:
    """Return an error's sentences as the reason of a refusal."""
    return Why(error.zh, error.en)
