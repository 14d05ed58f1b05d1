"""Reading text as the contract's types; a parser remembers what it has read, so that a column costs little."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from domain.division import is_division
from domain.form import Field
from domain.identity import lacks_digits, lacks_number
from domain.money import fen_of
from intake.reading.cells import NO_WORDS, YES_WORDS
from intake.reading.dates import has_clock, iso_text
from intake.wrapped import unwrapped, unwrapped_column

CHINA = timezone(timedelta(hours=8))
"""China Standard Time: no daylight saving."""
REMEMBERED = 100_000
"""How many different texts a parser remembers between two chunks."""

_CHINA_OFFSET = "+08:00"
_MIDNIGHT = " 00:00:00"
"""What a column of days becomes in an export that writes moments."""
T = TypeVar("T")


class Unread(StrEnum):
    """Why a text cannot be read as its type."""

    EMPTY = "empty"
    NOT_MONEY = "not-money"
    NOT_INTEGER = "not-integer"
    NOT_YEAR = "not-year"
    NOT_DATE = "not-date"
    NOT_DATETIME = "not-datetime"
    NOT_DIVISION = "not-division"
    NOT_MONTH = "not-month"
    NOT_RECORD_TYPE = "not-a-record-type"
    NOT_BOOL = "not-bool"
    NOT_VALUE = "not-a-value"
    BAD_KEY = "bad-key"
    NO_NUMBER = "no-number"
    MASKED_NUMBER = "masked-number"


class Parser(dict[str | None, T | None], Generic[T]):
    """Text to value of one column; `bad` holds the texts that could not be read, with the reason."""

    def __init__(self, read: Callable[[str], T | Unread]) -> None:
        super().__init__()
        self.bad: dict[str, Unread] = {}
        self.read = read

    def __missing__(self, text: str | None) -> T | None:
        value = None if text is None else self.value(text)
        self[text] = value
        return value

    def value(self, text: str) -> T | None:
        """Read one text, after folding full-width forms; None where it is empty or cannot be read."""
        plain = unwrapped(folded(text).strip())
        value = self.read(plain) if plain else None
        if isinstance(value, Unread):
            self.bad[text] = value
            return None
        return value

    def column(self, texts: Iterable[str | None]) -> list[T | None]:
        """Return the column's values; a text that cannot be read, or is empty, is None."""
        if len(self) > REMEMBERED:
            self.clear()
            self.bad.clear()
        return list(map(self.__getitem__, texts))


class MomentParser(Parser[datetime]):
    """Texts to moments; `days` holds the texts that give a day without a time, midnight to the second among them."""

    def __init__(self) -> None:
        super().__init__(read_datetime)
        self.days: set[str] = set()

    def value(self, text: str) -> datetime | None:
        """Read one text; the usual ISO form is read at once."""
        if len(text) in (19, 25) and text[4] == text[7] == "-" and text[13] == ":":
            try:
                read = datetime.fromisoformat(text)
                if text.endswith(_MIDNIGHT):
                    self.days.add(text)
                return read if text.endswith(_CHINA_OFFSET) else _in_china(read)
            except (ValueError, OverflowError):
                return super().value(text)
        moment = super().value(text)
        if moment is not None and not has_clock(text):
            self.days.add(text)
        return moment


class TextParser(Parser[str]):
    """Texts as they are, stripped; keys may hold no control character and at most 200 bytes."""

    def __init__(self, *, key: bool = False) -> None:
        super().__init__(read_key if key else str)
        self.key = key

    def column(self, texts: Iterable[str | None]) -> list[str | None]:
        """Return the stripped texts; an empty one, or a bad key, is None."""
        stripped = unwrapped_column([text.strip() or None if text else None for text in texts])
        if self.key and (
            max((len(text) for text in stripped if text), default=0) > 50
            or _CONTROL.search("".join(filter(None, stripped)))
        ):
            self.bad = {text: Unread.BAD_KEY for text in stripped if text and isinstance(read_key(text), Unread)}
            return [None if text in self.bad else text for text in stripped]
        return stripped


class IdentityParser(TextParser):
    """Identity numbers as they are, stripped; a word in a number's place, and a masked number, are none."""

    def column(self, texts: Iterable[str | None]) -> list[str | None]:
        """Return the stripped numbers; an empty one, and what stands for nobody in particular, is None."""
        given = list(texts)
        numbers = super().column(given)
        self.bad = {}
        for row, number in enumerate(numbers):
            if number and not _is_usual(number):
                fault = read_identity(number)
                if isinstance(fault, Unread):
                    self.bad[str(given[row])] = fault
                    numbers[row] = None
        return numbers


_RESIDENT = 18
"""Signs of a resident's number."""
_LEAST_NUMBER = 8
"""Shorter texts are looked at more closely."""
_MASK = "X" * 4


def folded(text: str) -> str:
    """Fold full-width forms; a text with a raised, circled or fractional number stays: 400² is not 4002."""
    if text.isascii() or any(unicodedata.category(sign) == "No" for sign in text):
        return text
    return unicodedata.normalize("NFKC", text)


def _is_usual(number: str) -> bool:
    if len(number) == _RESIDENT and number[:-1].isdigit() and number.isascii() and number[0] != "0":
        return True
    plain = len(number) >= _LEAST_NUMBER and number.isascii() and number.isalnum()
    return plain and _MASK not in number.upper() and number.strip("0") != ""


_INTEGER = re.compile(r"(\d{1,15})(?:\.0+)?")
_YEAR = re.compile(r"(\d{4})(?:年度?|\.0+)?")
_YEARS = range(1990, 2100)
_NOUGHTS = re.compile(r"(\.\d\d)0+")
_DATE = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?")
_TRUE = {"true", "1", *YES_WORDS}
_FALSE = {"false", "0", *NO_WORDS}
_LIST = re.compile(r"[;；]")
_LIST_LOOSE = re.compile(r"[,，、]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def read_integer(text: str) -> int | Unread:
    """Read a whole number; a year may carry 年 or 年度."""
    found = _YEAR.fullmatch(text) or _INTEGER.fullmatch(text)
    return int(found[1]) if found else Unread.NOT_INTEGER


def read_year(text: str) -> int | Unread:
    """Read a fee year of four digits; two digits, a span of years and a spreadsheet's serial are none."""
    found = _YEAR.fullmatch(text)
    return int(found[1]) if found and int(found[1]) in _YEARS else Unread.NOT_YEAR


def read_identity(text: str) -> str | Unread:
    """Return an identity number as it is, unless it says of nobody in particular who it is."""
    if lacks_number(text):
        return Unread.NO_NUMBER
    return Unread.MASKED_NUMBER if lacks_digits(text) else text


def read_money(text: str) -> int | Unread:
    """Read yuan as fen; noughts after the second decimal change nothing."""
    fen = fen_of(_NOUGHTS.sub(r"\1", text) if text.endswith("0") else text)
    return Unread.NOT_MONEY if fen is None else fen


def read_date(text: str) -> date | Unread:
    """Read YYYY-MM-DD, its / . and 年月日 forms, or YYYYMMDD; the time of day of a full datetime is left off."""
    match = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            return Unread.NOT_DATE
    moment = read_datetime(text)
    return Unread.NOT_DATE if isinstance(moment, Unread) else moment.date()


def read_datetime(text: str) -> datetime | Unread:
    """Read ISO 8601 with an offset, a wall time in China, or what a sheet writes; a date alone is its midnight."""
    moment = _read_moment(text)
    if isinstance(moment, Unread) and (written := iso_text(text)):
        return _read_moment(written)
    return moment


def _read_moment(text: str) -> datetime | Unread:
    day, _, clock = text.replace("T", " ", 1).partition(" ")
    match = _DATE.fullmatch(day) or _COMPACT.fullmatch(day)
    if match is None:
        return Unread.NOT_DATETIME
    try:
        start = datetime(int(match[1]), int(match[2]), int(match[3]), tzinfo=CHINA)
    except ValueError:
        return Unread.NOT_DATETIME
    if not clock:
        return start
    return _with_clock(start, clock.strip())


def _with_clock(start: datetime, clock: str) -> datetime | Unread:
    time = _TIME.fullmatch(clock)
    try:
        if time:
            return start.replace(hour=int(time[1]), minute=int(time[2]), second=int(time[3] or 0))
        return _in_china(datetime.fromisoformat(f"{start:%Y-%m-%d}T{clock}"))
    except (ValueError, OverflowError):
        return Unread.NOT_DATETIME


def _in_china(moment: datetime) -> datetime:
    zoned = moment.replace(tzinfo=CHINA) if moment.tzinfo is None else moment.astimezone(CHINA)
    return zoned.replace(microsecond=0) if zoned.microsecond else zoned


def read_bool(text: str) -> bool | Unread:
    """Read true/false, 1/0, 是/否, 已签/未签, √/×."""
    lowered = text.lower()
    return True if lowered in _TRUE else False if lowered in _FALSE else Unread.NOT_BOOL


def read_division(text: str) -> str | Unread:
    """Read a division code of 6, 9 or 12 digits; a program may have written it as a fraction (653123100201.0)."""
    code = text.removesuffix(".0")
    return code if is_division(code) else Unread.NOT_DIVISION


def read_key(text: str) -> str | Unread:
    """Read a record_id or source: no control character, at most 200 bytes."""
    return Unread.BAD_KEY if _CONTROL.search(text) or len(text.encode()) > 200 else text


def read_list(text: str) -> tuple[str, ...] | Unread:
    """Read the items between semicolons, or, where there is none, between commas."""
    parted = _LIST if _LIST.search(text) else _LIST_LOOSE
    return tuple(item for item in map(str.strip, parted.split(text)) if item) or Unread.EMPTY


def enum_reader(values: Sequence[str], chinese: dict[str, str]) -> Callable[[str], str | Unread]:
    """Return the reader of an enum: the value itself or one of its Chinese names."""
    known = {unicodedata.normalize("NFKC", name).casefold(): value for name, value in chinese.items()} | {
        value: value for value in values
    }

    def read(text: str) -> str | Unread:
        return known.get(text) or known.get(text.casefold()) or Unread.NOT_VALUE

    return read


Value = str | int | date | datetime | bool | tuple[str, ...]

_READERS: dict[str, Callable[[str], Value | Unread]] = {
    "integer": read_integer,
    "money": read_money,
    "date": read_date,
    "datetime": read_datetime,
    "bool": read_bool,
    "division": read_division,
    "list": read_list,
    "identity": str,
}


def parser_of(field: Field, words: Mapping[str, str] = MappingProxyType({})) -> Parser[Value]:
    """Return a new parser for the field; words: a county's own names of its values, to the value."""
    if field.type == "enum":
        return Parser(enum_reader(field.values, {**field.zh_values, **words}))
    if field.name == "fee_year":
        return Parser(read_year)
    return Parser(_READERS[field.type])
