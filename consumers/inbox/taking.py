"""One file on its way: claimed, taken into the ledger, answered, moved; each step may be done again."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path

import msgspec

from consumers.inbox.claims import Claim, Claims, Outcome, Place, Why, why
from consumers.inbox.departments import Desk, Entry, Terms, desk_of
from consumers.inbox.folders import Changing, Folder, Look, look_of
from consumers.inbox.names import DEPARTMENT, MAPPING, MARKER, clean_name, is_readable, type_named
from consumers.inbox.receipts import JSON, LISTED, TEXT, as_json, as_text, receipt_of
from domain.contract import RECORD_TYPES
from domain.errors import Malformed, Refused
from domain.intake import FileTaken
from intake.ingest import FileCounts, Intake
from intake.parsing import CHINA
from intake.reading.chunk import Unreadable
from intake.reading.files import READERS
from intake.settings import read_mapping
from intake.taking import Tally
from intake.validation import Refusal
from ledger.home import Home

_MAPPING_BYTES = 1 << 20
_NO_FILE = Why("不是普通文件（链接、管道等），未读取", "no regular file (a link, a pipe, ...); not read")
_NO_FORMAT = Why(
    f"不是可读取的格式（{'、'.join(READERS)}），未读取",
    f"none of the formats that are read ({', '.join(READERS)}); not read",
)
_NO_TYPE = Why(
    "文件名不是记录类型（如 payments-2025.csv、缴费明细-2025.xlsx），未读取",
    "not named after a record type, such as payments-2025.csv; not read",
)
_PIECE = 1 << 20


class Interrupted(Exception):
    """The process was asked to stop; what stands is on disk, and the next start goes on with the file."""


class Taking:
    """Takes one inbox's files into one home."""

    def __init__(
        self, home: Home, claims: Claims, *, operator: str, clock: Callable[[], datetime], between: Callable[[], None]
    ) -> None:
        """`operator`: who runs the process; `between`: called after each chunk, may raise Interrupted."""
        self._home, self._claims, self._operator, self._clock = home, claims, operator, clock
        self._between = between

    def claim(self, entry: Entry, desk: Desk, terms: Terms) -> Claim:
        """Claim a complete file: from here on it is finished, whatever happens. Changing, Malformed, OSError."""
        kind = _type_of(clean_name(entry.name), terms)
        claim = msgspec.structs.replace(
            Claim.of(entry, self._clock().astimezone(CHINA)),
            type=kind if isinstance(kind, str) else "",
            source=terms.source or entry.department,
            purpose=terms.purpose,
            refusal=kind if isinstance(kind, Why) else None,
        )
        if not entry.regular:
            claim = msgspec.structs.replace(claim, refusal=_NO_FILE)
        else:
            claim = self._read(claim, entry, desk.folder)
        self._claims.keep(claim)
        return claim

    def _read(self, claim: Claim, entry: Entry, folder: Folder) -> Claim:
        """Return the claim with the file's digest, its copy made where it is to be taken in."""
        self._claims.begin()
        try:
            if claim.refusal is not None:
                digest = folder.digest(entry.name, entry.look, marked=entry.marked)
                return msgspec.structs.replace(claim, sha256=digest)
            self._copy_mapping(folder)
            digest = folder.copy(entry.name, entry.look, self._claims.copy_of(claim), marked=entry.marked)
        except PermissionError as error:
            zh, en = f"无权读取（{error.strerror}）", f"may not be read ({error.strerror})"
            return msgspec.structs.replace(claim, refusal=Why(zh, en))
        except FileNotFoundError as error:
            raise Changing from error
        standing = self._home.ledger.versions([f"file:{digest}"]).get(f"file:{digest}", [])
        return msgspec.structs.replace(claim, sha256=digest, standing=len(standing))

    def _copy_mapping(self, folder: Folder) -> None:
        content = folder.read(MAPPING, _MAPPING_BYTES)
        if content is None:
            return
        self._claims.mapping().write_bytes(content)
        try:
            read_mapping(self._claims.mapping())
        except Malformed as error:
            place = folder.path.name
            raise Malformed(f"{place}/{error.zh}", f"{place}/{error.en}") from error

    def finish(self, claim: Claim, inbox: Folder) -> Claim:
        """Do what is left to do of a claim, in the order of writing. Errors as Intake; Interrupted, OSError."""
        if claim.refusal is None and claim.outcome is None:
            claim = self._taken_in(claim)
            self._claims.keep(claim)
        if self._home.sealer is not None:
            self._home.sealer.seal()
        with desk_of(inbox, claim.department, create=True) as desk:
            target = desk.refused if claim.refused else desk.done
            unchanged = _is_unchanged(claim, desk.folder)
            new = _free_name(claim, target, moved=not unchanged)
            receipt = receipt_of(claim, f"{target.path.name}/{new}", self._operator)
            desk.receipts.write(new + JSON, as_json(receipt))
            desk.receipts.write(new + TEXT, as_text(receipt))
            self._move(claim, desk.folder, target, new)
            desk.folder.remove(f"{claim.entry[0]}{MARKER}")
        self._claims.drop()
        return claim

    def _taken_in(self, claim: Claim) -> Claim:
        places: list[Place] = []

        def watch(became: Tally | Unreadable) -> None:
            found = [became] if isinstance(became, Unreadable) else became.refusals
            places.extend(map(_place, found[: max(LISTED - len(places), 0)]))
            self._between()

        intake = Intake(self._home, actor=claim.department, clock=self._clock)
        intake.watch = watch
        mapping = self._claims.mapping()
        try:
            report = intake.take(
                self._claims.copy_of(claim), source=claim.source, as_type=claim.type,
                mapping=mapping if mapping.exists() else None,
            )  # fmt: skip
        except (Malformed, Refused) as error:
            return msgspec.structs.replace(claim, refusal=why(error))
        (counts,) = report.files
        return msgspec.structs.replace(claim, outcome=self._outcome(claim, counts, places))

    def _outcome(self, claim: Claim, counts: FileCounts, places: list[Place]) -> Outcome:
        """Return what became of the file: in the ledger's words, where an attempt that was killed had said them."""
        stream = f"file:{claim.sha256}"
        said = self._home.ledger.versions([stream]).get(stream, [])[claim.standing :]
        event = self._home.ledger.event(said[0]) if said else None
        found = event if isinstance(event, FileTaken) else counts
        return Outcome(
            found.read, found.appended, found.repeated, found.amended, found.quarantined, found.set_aside,
            counts.unreadable, places,
        )  # fmt: skip

    def _move(self, claim: Claim, folder: Folder, target: Folder, new: str) -> None:
        """Move the file away; where its sender changed or removed it meanwhile, what was taken is put there instead."""
        name, unchanged = claim.entry[0], _is_unchanged(claim, folder)
        if target.look(new) is not None:
            if unchanged:
                folder.remove(name)
            return
        copy = self._claims.copy_of(claim)
        if unchanged:
            with suppress(FileNotFoundError):
                folder.move(name, target, new)
                return
        if copy.exists():
            target.put(new, _pieces(copy))


def _is_unchanged(claim: Claim, folder: Folder) -> bool:
    name, look = claim.entry
    standing = folder.look(name)
    return standing is not None and look_of(standing) == look


def _free_name(claim: Claim, target: Folder, *, moved: bool) -> str:
    """Return the name for the file: one that is free, or that an attempt which was killed gave it.

    moved: it does not stand where it was handed in any more, so that a copy with its content may be itself.
    """
    first = Path(claim.kept_as)
    names = (first.name if n == 1 else f"{first.stem}~{n}{first.suffix}" for n in count(1))
    return next(name for name in names if target.look(name) is None or _stands(claim, target, name, moved=moved))


def _stands(claim: Claim, target: Folder, name: str, *, moved: bool) -> bool:
    """Say whether what stands there is the claimed file: itself, or the copy of what was taken."""
    found = target.look(name)
    if found is None:
        return False
    look = look_of(found)
    if look == Look(*claim.look):
        return True
    alike = moved and stat.S_ISREG(found.st_mode) and look.size == claim.look[1] and bool(claim.sha256)
    return alike and target.digest(name, look) == claim.sha256


def _type_of(name: str, terms: Terms) -> str | Why:
    """Return the record type of a file, or why it is none that this department may hand in."""
    if not is_readable(name):
        return _NO_FORMAT
    found = type_named(name)
    if not found and len(terms.types) == 1:
        return terms.types[0]
    if not found:
        return _NO_TYPE
    if terms.types and found not in terms.types:
        zh = f"本部门不报送{RECORD_TYPES[found].zh}（{DEPARTMENT}）"
        return Why(zh, f"this department does not hand in {found} ({DEPARTMENT})")
    return found


def _place(found: Refusal | Unreadable) -> Place:
    if isinstance(found, Unreadable):
        return Place(found.place, 0, "", "", "", found.reason_zh, found.reason_en)
    return Place(
        found.place, found.line, found.record_id, found.column, found.value, found.reason_zh, found.reason_en
    )


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
