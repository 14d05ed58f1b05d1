"""Amounts in another unit than yuan, where a heading or a line above the table says so: 分 is read, 万元 is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from intake.reading.cells import Read
from intake.reading.reasons import CellReason

FEN = "分"
_OTHER = r"(?:[十百千万亿]+元|[分角])"
_IN_HEADING = re.compile(rf"\((?:(?:金额)?单位:?)?(?:人民币)?({_OTHER})\)")
_YUAN_IN_HEADING = re.compile(r"\((?:(?:金额)?单位:?)?(?:人民币)?元[^)]*\)")
_ABOVE = re.compile(rf"单位:(?:人民币)?({_OTHER}|元)(?![A-Za-z0-9\u3400-\u9fff])")
_WHOLE = re.compile(r"[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3})+")
_NONE = re.compile(r"[-/—–]*|0+(?:\.0+)?")


def unit_of(heading: str) -> str:
    """Return the unit other than yuan that stands in brackets in a heading, '' where there is none."""
    found = _IN_HEADING.search(_folded(heading))
    return found[1] if found else ""


def without_unit(heading: str) -> str:
    """Return a heading without such a unit."""
    return _IN_HEADING.sub("", _folded(heading))


def says_yuan(heading: str) -> bool:
    """Say whether a heading gives yuan as its unit."""
    return _YUAN_IN_HEADING.search(_folded(heading)) is not None


def unit_above(rows: Iterable[Sequence[str]]) -> str:
    """Return the unit other than yuan that the lines above a table give (单位：万元), '' for none or yuan."""
    found = {unit for row in rows for text in row for unit in _ABOVE.findall(_folded(text))}
    return "、".join(sorted(found)) if found - {"元"} else ""


def in_yuan(read: Read, unit: str) -> Read:
    """Return an amount of that unit in yuan: 分 exactly, others with unit and reason; what is empty stays so."""
    if read.reason or _NONE.fullmatch(read.text):
        return read
    text = unicodedata.normalize("NFKC", read.text).strip()
    if unit != FEN or not _WHOLE.fullmatch(text):
        return Read(f"{read.text}{unit}", CellReason.OTHER_UNIT)
    fen = int(text.replace(",", ""))
    return Read(f"{fen // 100}.{fen % 100:02d}")


def _folded(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
