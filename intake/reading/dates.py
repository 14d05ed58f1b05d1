"""Dates as people type them in a sheet, brought to YYYY-MM-DD[ HH:MM[:SS]]."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)")
_TIME = re.compile(r"[T\s]*(\d{1,2})\s*[:时点]\s*(\d{1,2})\s*分?(?:\s*:?\s*(\d{1,2})\s*秒?)?")
_NO_YEAR = re.compile(r"\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?|\d{1,2}\s*[日号]|\d{1,2}:\d{2}(?::\d{2})?")
_EPOCH = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_DAY_SECONDS = 86400
SERIALS = (30000, 60000)
"""The numbers that count as a date in a date cell (1982 to 2064), both inclusive."""


def iso_text(text: str) -> str | None:
    """Return a date text, with its time if it has one, in ISO form; None where it is no such date."""
    folded = unicodedata.normalize("NFKC", text).strip()
    found = _DAY.match(folded) or _COMPACT.match(folded)
    if not found:
        return None
    day = f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
    rest = folded[found.end() :]
    if not rest.strip():
        return day
    time = _TIME.fullmatch(rest)
    if not time:
        return None
    seconds = f":{int(time[3]):02d}" if time[3] else ""
    return f"{day} {int(time[1]):02d}:{int(time[2]):02d}{seconds}"


def lacks_year(text: str) -> bool:
    """Say whether a text is a day or an hour without a year."""
    return _NO_YEAR.fullmatch(unicodedata.normalize("NFKC", text).strip()) is not None


def of_serial(number: float, *, from_1904: bool) -> str | None:
    """Return the date of a spreadsheet's serial number, None outside SERIALS; a fraction is a time of day."""
    if not SERIALS[0] <= number <= SERIALS[1]:
        return None
    days, seconds = divmod(round(number * _DAY_SECONDS), _DAY_SECONDS)
    day = ((_EPOCH_1904 if from_1904 else _EPOCH) + timedelta(days=days)).isoformat()
    return f"{day} {timedelta(seconds=seconds)!s:0>8}" if seconds else day


def of_moment(moment: date | datetime) -> str:
    """Return a real date cell's text; midnight counts as a day without a time."""
    if isinstance(moment, datetime):
        if moment.hour or moment.minute or moment.second:
            return moment.strftime("%Y-%m-%d %H:%M:%S")
        return moment.date().isoformat()
    return moment.isoformat()
