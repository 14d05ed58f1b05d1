"""Dates as people type them in a sheet, brought to YYYY-MM-DD[ HH:MM[:SS]]."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)")
_COMPACT_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})")
_TIME = re.compile(
    r"[T\s]*(?P<half>上午|下午)?\s*(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})\s*分?(?:\s*:?\s*(?P<second>\d{1,2})\s*秒?)?"
)
_CLOCK = re.compile(r"[:：时点]|\d{14}")
_MIDNIGHT = re.compile(r".*[\s日号]0?0[:：]00([:：]00)?(\.0+)?|\d{8}000000")
_NOON = 12
_NO_YEAR = re.compile(r"\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?|\d{1,2}\s*[日号]|\d{1,2}:\d{2}(?::\d{2})?")
_EPOCH = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_DAY_SECONDS = 86400
SERIALS = (30000, 60000)
"""The numbers that count as a date in a date cell (1982 to 2064), both inclusive."""


def iso_text(text: str) -> str | None:
    """Return a date text, with its time if it has one, in ISO form; None where it is no such date."""
    folded = unicodedata.normalize("NFKC", text).strip()
    if moment := _COMPACT_MOMENT.fullmatch(folded):
        return "{}-{}-{} {}:{}:{}".format(*moment.groups())
    found = _DAY.match(folded) or _COMPACT.match(folded)
    if not found:
        return None
    day = f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"
    rest = folded[found.end() :]
    if not rest.strip():
        return day
    time = _TIME.fullmatch(rest)
    hour = _hour_of(time) if time else None
    if not time or hour is None:
        return None
    seconds = f":{int(time['second']):02d}" if time["second"] else ""
    return f"{day} {hour:02d}:{int(time['minute']):02d}{seconds}"


def _hour_of(time: re.Match[str]) -> int | None:
    """Return the hour of 0 to 24; None where 上午 or 下午 does not go with it or leaves open what it means."""
    hour, half = int(time["hour"]), time["half"]
    if not half:
        return hour
    if half == "上午":
        return hour if hour < _NOON else None
    return hour % _NOON + _NOON if 0 < hour <= _NOON else None


def has_clock(text: str) -> bool:
    """Say whether a moment's text gives a time of day; midnight to the second is how a column of days is exported."""
    return _CLOCK.search(text) is not None and _MIDNIGHT.fullmatch(text.strip()) is None


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
