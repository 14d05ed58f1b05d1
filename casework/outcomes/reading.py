"""Rows of a file of outcomes to events, or to refusals that name line, column and value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

import msgspec

from domain.cases.outcome import OutcomeRecorded
from domain.cases.suspicion import suspicion_id
from domain.division import county_of, township_of
from domain.fact import Envelope
from domain.form import Field, RecordType
from domain.identity import read_resident
from intake.parsing import Unread, Value, parser_of
from intake.reading.chunk import CellFault, Chunk
from intake.reading.reasons import Text
from intake.reasons import MISSING_COLUMN, text_of
from intake.shown import shown

_SUSPICION = re.compile(r"S[0-9a-f]{16}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_SHARE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,12})?)(?:(%)|/([0-9]{1,9}))?")
_PERSONAL = frozenset({"payer", "card", "account"})
"""Subjects that a suspicion names by token."""
_DRAWN = frozenset({"spot-check", "inspection"})
"""Checks for which chance may have drawn a suspicion."""
_LONGEST_WORD = 40
_WHOLE_ROW = ""
_KIND = ("category", "subject_type", "subject_id")


class RefusedRow(NamedTuple):
    """A row that was not taken: where it stands, the value that stops it, and what was expected."""

    place: str
    line: int
    column: str
    value: str
    reason_zh: str
    reason_en: str


class Around(NamedTuple):
    """What a row does not say of itself."""

    county: str
    today: date
    envelope: Envelope
    place_named: Callable[[str], str | None]
    """Name of a place to its code; None where it is unknown."""


class _WrongCellError(Exception):
    """A cell stops its row."""

    def __init__(self, column: str, value: str, said: Text) -> None:
        super().__init__(said.en)
        self.column, self.value, self.said = column, value, said


def read_chunk(chunk: Chunk, form: RecordType, around: Around) -> Iterator[OutcomeRecorded | RefusedRow]:
    """Yield, in the order of the rows, what each became."""
    faults = {fault.row: fault for fault in reversed(chunk.faults)}
    known = [field for field in form.fields if field.name in chunk.columns]
    for row, line in enumerate(chunk.lines):
        texts = {field.name: (chunk.columns[field.name][row] or "").strip() for field in known}
        try:
            _check_read(form, chunk, faults.get(row))
            yield _outcome(texts, form, around)
        except _WrongCellError as wrong:
            yield RefusedRow(chunk.place, line, wrong.column, _shown(wrong, form), wrong.said.zh, wrong.said.en)


def _shown(wrong: _WrongCellError, form: RecordType) -> str:
    """Return the value as it may be shown: what somebody wrote in words, where a name may stand, is masked."""
    if not wrong.column or not form.field(wrong.column).values:
        return shown(wrong.value, form.field(wrong.column) if wrong.column else None)
    return wrong.value[:_LONGEST_WORD] if wrong.value.isascii() else f"{wrong.value[:1]}*"


def _check_read(form: RecordType, chunk: Chunk, fault: CellFault | None) -> None:
    if fault is not None:
        column = fault.column if fault.column in chunk.columns else _WHOLE_ROW
        raise _WrongCellError(column, fault.value, Text(fault.reason_zh, fault.reason_en))
    missing = next((field for field in form.fields if field.required and field.name not in chunk.columns), None)
    if missing is not None:
        raise _WrongCellError(missing.name, "", text_of(MISSING_COLUMN))


def _outcome(texts: Mapping[str, str], form: RecordType, around: Around) -> OutcomeRecorded:
    values: dict[str, Value | float | None] = {
        field.column: _value(field, texts.get(field.name, ""), around) for field in form.fields
    }
    _check_day(values["decided_on"], around.today)
    values["selection_probability"] = _probability(texts.get("selection_probability", ""), str(values["source"]))
    values["township"] = _township(values["township"], around.county)
    _check_explanation(values)
    _check_subject(values)
    values["suspicion_id"] = _suspicion(values, around.county)
    return msgspec.convert(values | {"envelope": around.envelope}, OutcomeRecorded, from_attributes=True)


def _value(field: Field, text: str, around: Around) -> Value | None:
    if not text:
        if field.required:
            raise _WrongCellError(field.name, "", text_of(Unread.EMPTY.value))
        return None
    if field.type == "string":
        return text
    parser = parser_of(field)
    value = parser.value(text)
    if value is not None:
        return value
    if field.type == "division" and (code := around.place_named(text)) is not None:
        return code
    raise _WrongCellError(field.name, text, text_of(parser.bad[text].value, field))


def _check_day(day: Value | float | None, today: date) -> None:
    if isinstance(day, date) and day > today:
        raise _WrongCellError(
            "decided_on",
            day.isoformat(),
            Text(f"晚于今天（{today}），应为已作出的结论", f"after today ({today}); a decision already taken expected"),
        )


def _probability(text: str, source: str) -> float | None:
    """Read 0.25, 25% or 1/4."""
    if not text:
        return None
    if source not in _DRAWN:
        raise _WrongCellError(
            "selection_probability",
            text,
            Text("只有随机抽取的抽查、检查才有抽中概率", "only a spot check or inspection is drawn by chance"),
        )
    match = _SHARE.fullmatch(text)
    below = 100.0 if match and match[2] else float(match[3]) if match and match[3] else 1.0
    share = float(match[1]) / below if match and below else 0.0
    if not 0.0 < share <= 1.0:
        raise _WrongCellError(
            "selection_probability",
            text,
            Text(
                "应大于 0 且不超过 1，如 0.25、25% 或 1/4", "above 0 and at most 1 expected, such as 0.25, 25% or 1/4"
            ),
        )
    return round(share, 12)


def _township(code: Value | float | None, county: str) -> str | None:
    if not isinstance(code, str):
        return None
    if county_of(code) != county:
        raise _WrongCellError(
            "township", code, Text(f"不属于本县（{county}）", f"not in this county ({county})")
        )
    return township_of(code)


def _check_explanation(values: Mapping[str, Value | float | None]) -> None:
    if values["explanation"] is not None and values["outcome"] == "confirmed":
        raise _WrongCellError(
            "explanation",
            str(values["explanation"]),
            Text("属实的疑点不应有排除原因", "a confirmed suspicion has no innocent explanation"),
        )


def _check_subject(values: Mapping[str, Value | float | None]) -> None:
    """Refuse a person's number where the ledger wants what the suspicion calls its subject."""
    subject = values["subject_id"]
    if not isinstance(subject, str):
        return
    if read_resident(subject).valid or (values["subject_type"] in _PERSONAL and not _TOKEN.fullmatch(subject)):
        raise _WrongCellError(
            "subject_id",
            "*" * min(len(subject), 8),
            Text(
                "应为疑点清单中的对象编号（令牌），不得填写证件号、卡号",
                "the subject_id of the suspicion (a token) expected, no number of a person, card or account",
            ),
        )


def _suspicion(values: Mapping[str, Value | float | None], county: str) -> str:
    given = values["suspicion_id"]
    kind = [values[name] for name in _KIND]
    derived = suspicion_id(county, *map(str, kind)) if None not in kind else None
    if given is None:
        if derived is None:
            empty = next(name for name in _KIND if values[name] is None)
            raise _WrongCellError(
                empty,
                "",
                Text(
                    "没有疑点编号时，疑点类型、对象类型、对象编号都要填",
                    "without suspicion_id, category, subject_type and subject_id are all needed",
                ),
            )
        return derived
    if not _SUSPICION.fullmatch(str(given)):
        raise _WrongCellError(
            "suspicion_id", str(given), Text("应为 S 加 16 位十六进制数", "S and 16 hexadecimal digits expected")
        )
    if derived is not None and derived != given:
        raise _WrongCellError(
            "suspicion_id",
            str(given),
            Text(
                f"与类型、对象不符，该对象的疑点编号是 {derived}",
                f"not the suspicion of this category and subject, which is {derived}",
            ),
        )
    return str(given)
