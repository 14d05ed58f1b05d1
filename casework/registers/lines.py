"""Lines of the cash register on their way into the ledger: the way of every file, nothing beside it."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

import msgspec

from domain.contract import RECORD_TYPES
from domain.errors import Malformed, Refused
from domain.fact import Envelope, content_of
from domain.records.cash_receipts import CashReceiptRecorded
from intake.county import NOWHERE, county_of_ledger
from intake.ingest import Intake, Progress
from intake.parsing import CHINA
from intake.places import Resolver
from intake.reading.chunk import Chunk, Unreadable
from intake.reading.files import read_file
from intake.reading.numbering import LineKey, Numbering
from intake.reasons import text_of
from intake.recording import streams_of
from intake.registers import know_registers
from intake.sealing import HandedOver
from intake.taking import Tally
from intake.validation import Refusal, Surroundings, Validator
from ledger.home import Home

TYPE = "cash-receipts"
SOURCE = "township-ledger"
"""Of what is handed in where the township's register has no source yet."""
SUFFIXES = (".xlsx", ".xls", ".csv")
_SIGNS = re.compile(r"[\x00-\x1f\x7f/\\:]")
_LONGEST_NAME = 80
_TAKEN_ANYWAY = frozenset({"payer_id", "payer", "collector_id"})
_PARTS = re.compile(r"[^\W_]+", re.ASCII)


class Handing(NamedTuple):
    """Who hands in what belongs to which register, and when."""

    actor: str
    at: datetime
    source: str
    township: str


class Became(NamedTuple):
    """What became of lines: read = appended + repeated + amended + len(refusals)."""

    read: int
    appended: int
    repeated: int
    amended: int
    refusals: tuple[Refusal, ...]
    unreadable: tuple[Unreadable, ...]
    """Sheets that cannot be read at all."""


def record_id(division: str, page: str, serial: str, fee: str) -> str:
    """Return the id of a line by its place in the book, the same as a workbook's line of that place has.

    Malformed where book and page are not both named, or the serial is no number.
    """
    if len(_PARTS.findall(page)) < 2:
        raise Malformed(f"页码应写明册和页，如 3-12，现为 {page!r}", f"book and page expected, such as 3-12: {page!r}")
    if not (serial.isascii() and serial.isdecimal()):
        raise Malformed(f"序号应为数字，现为 {serial!r}", f"a serial is a number: {serial!r}")
    numbering = Numbering("", "")
    numbering.begin_line(serial, merged=False)
    return numbering.id_of(LineKey(1, division, page, serial, merged_serial=False, insurance=fee))


def correct(home: Home, row: Mapping[str, str], handing: Handing) -> Became:
    """Record the next version of a line that is there; the same content again is a repeat and records nothing.

    Refused: the standing version holds columns that the row cannot say again, since they lie in the vault.
    """
    validated = _validator(home, handing).validate(_chunk([row]))
    if validated.refusals:
        return Became(1, 0, 0, 0, tuple(validated.refusals), ())
    stream = streams_of(RECORD_TYPES[TYPE], [handing.source], [row["record_id"]])[0]
    standing = home.ledger.versions([stream]).get(stream, [])
    event = home.ledger.event(standing[-1]) if standing else None
    if not isinstance(event, CashReceiptRecorded) or event.extra or event.village_signatory or event.first_taker:
        raise Refused(
            "这一行还有本页不显示的内容（证件号码、初收人或其他栏），请用工作簿更正",
            "this line holds columns that this page does not show: correct it in a workbook",
        )
    if content_of(msgspec.json.encode(validated.facts[0])) == content_of(standing[-1].state):
        return Became(1, 0, 1, 0, (), ())
    at = handing.at.astimezone(CHINA)
    if event.changed_at is not None:  # also where clocks differ, the newest version is the one recorded last
        at = max(at, event.changed_at + timedelta(seconds=1))
    return take_rows(home, [{**row, "changed_at": at.isoformat("T", "seconds")}], handing)


def refused(home: Home, rows: Sequence[Mapping[str, str]], handing: Handing) -> dict[int, Refusal]:
    """Return which rows would be refused, by their number from 0, and why; nothing is recorded.

    What a file may leave unread (an optional cell) is refused here too: who types it can mend it at once. A number
    that fails its check and a collector whom nobody appointed are taken: the money did move.
    """
    validated = _validator(home, handing).validate(_chunk(rows))
    found = {each.line: each for each in validated.refusals}
    for line, fact in zip(validated.lines, validated.facts, strict=True):
        for defect in fact.defects if isinstance(fact, CashReceiptRecorded) else ():
            if defect.column not in _TAKEN_ANYWAY and line not in found:
                why = text_of(defect.reason)
                found[line] = Refusal(
                    TYPE, line, "", defect.column, "", defect.reason, why.zh, why.en, dict(rows[line])
                )
    return found


def take_rows(home: Home, rows: Sequence[Mapping[str, str]], handing: Handing) -> Became:
    """Take rows in whose cells are texts, field to text. Unreachable, Broken."""
    content = b"".join(msgspec.json.encode(dict(row)) + b"\n" for row in rows)
    with tempfile.TemporaryDirectory(prefix="mingzhang-register-") as folder:
        file = Path(folder) / f"{TYPE}-{hashlib.sha256(content).hexdigest()[:12]}.jsonl"
        file.write_bytes(content)
        return _take(home, file, handing)


def workbook_name(name: str) -> str:
    """Return the plain name under which a workbook of a register is taken in. Malformed: no table.

    Lines without a page take their ids from it, so it stays as it was where it can.
    """
    kept = _SIGNS.sub("", PureWindowsPath(name).name)
    stem, suffix = Path(kept).stem[:_LONGEST_NAME] or TYPE, Path(kept).suffix.lower()
    if suffix not in SUFFIXES:
        raise Malformed(
            f"台账应为 {'、'.join(SUFFIXES)} 文件，收到 {kept!r}", f"one of {', '.join(SUFFIXES)} expected: {kept!r}"
        )
    return f"{stem}{suffix}"


def take_workbook(home: Home, file: Path, handing: Handing, progress: Progress | None = None) -> Became:
    """Take a workbook or CSV of a township's register in.

    Malformed: no table. Refused: it holds lines of another township; nothing of it is taken then.
    """
    workbook_name(file.name)
    _check_places(home, file, handing)
    return _take(home, file, handing, progress)


def _check_places(home: Home, file: Path, handing: Handing) -> None:
    """Refuse a file with lines of another township than the one that hands it in."""
    validator, foreign = _validator(home, handing), set()
    for chunk in read_file(file, RECORD_TYPES[TYPE], county=handing.township[:6]):
        if isinstance(chunk, Chunk):
            facts = validator.validate(chunk).facts
            foreign |= {str(getattr(fact, "division", "")) for fact in facts}
    others = sorted(code for code in foreign if not code.startswith(handing.township))
    if others:
        raise Refused(
            f"文件中有不属于 {handing.township} 的行（{'、'.join(others[:5])}），全部没有收下：请只留本乡镇的行",
            f"the file has lines outside {handing.township} ({', '.join(others[:5])}), so nothing was taken: "
            "leave the lines of this township only",
        )


def _take(home: Home, file: Path, handing: Handing, progress: Progress | None = None) -> Became:
    refusals: list[Refusal] = []
    unreadable: list[Unreadable] = []

    def watch(became: Tally | Unreadable) -> None:
        if isinstance(became, Unreadable):
            unreadable.append(became)
        else:
            refusals.extend(became.refusals)

    intake = Intake(home, actor=handing.actor, clock=lambda: handing.at, progress=progress)
    intake.watch = watch
    (counts,) = intake.take(file, as_type=TYPE, source=handing.source).files
    return Became(
        counts.read, counts.appended, counts.repeated, counts.amended, tuple(refusals), tuple(unreadable)
    )


def _chunk(rows: Sequence[Mapping[str, str]]) -> Chunk:
    names = sorted({name for row in rows for name in row})
    columns: dict[str, list[str | None]] = {name: [row.get(name) or None for row in rows] for name in names}
    return Chunk(TYPE, columns, {}, list(range(len(rows))), [], [])


def _validator(home: Home, handing: Handing) -> Validator:
    resolver = Resolver(home.tokens)
    know_registers(home.ledger, resolver)
    county = county_of_ledger(home.ledger) or NOWHERE
    at = handing.at.astimezone(CHINA)
    around = Surroundings(
        home.tokens, resolver, county, handing.source, f"file:{'0' * 64}",
        lambda source: Envelope(source, county, at, handing.actor, TYPE, ""), HandedOver(),
    )  # fmt: skip
    return Validator(RECORD_TYPES[TYPE], around)
