"""What does not go together in one answer, and what is still missing in it: each with the column it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import msgspec

from casework.answers.given import REFUSED, WARNING
from casework.answers.values import person_key
from domain.cases.answer import OTHER, VIOLATION, WRONG

CHECKED, METHOD, FIRST, SECOND, CHECKED_ON = "是否核查", "核查方式", "核查人1", "核查人2", "核查日期"
RESULT, CAUSE, STATEMENT, MEASURES = "核查结果", "原因类别", "事实说明", "整改措施"
REPAID, REPAID_ON, RESPONSIBLE = "退还（补缴）金额", "退还（补缴）日期", "责任人"
SIGNED, ATTACHMENTS = "村级负责人签字", "附件"
_MONEY_BACK = re.compile(r"已[^，。；、未]{0,6}(?:退还|退回|退款|补缴|代缴|缴清|归还)")


class Complaint(NamedTuple):
    """Something wrong with an answer, at a column."""

    heading: str
    zh: str
    en: str
    weight: str = REFUSED


class Values(msgspec.Struct):
    """The cells of one answer as far as they could be read."""

    checked: bool | None = None
    method: str | None = None
    checker: str | None = None
    second_checker: str | None = None
    checked_on: date | None = None
    result: str | None = None
    cause: str | None = None
    statement: str | None = None
    measures: str | None = None
    repaid_fen: int | None = None
    repaid_on: date | None = None
    responsible: str | None = None
    village_signed: bool | None = None
    attachments: str | None = None
    unread: set[str] = msgspec.field(default_factory=set)
    """Headings of cells that hold something that could not be read: neither missing nor contradicting."""

    def lacks(self, heading: str, value: object) -> bool:
        """Say whether a cell was left empty."""
        return value is None and heading not in self.unread


def complaints(values: Values, issued_on: date, today: date) -> Iterator[Complaint]:
    """Yield what is wrong, unusable answers with REFUSED; both days are inclusive."""
    yield from _whether(values)
    yield from _money(values, today)
    if values.checked is False:
        yield from _left_undone(values)
        return
    if values.lacks(CHECKED, values.checked) and values.lacks(RESULT, values.result):
        return  # what else it lacks would be told of a row that was only begun
    yield from _checkers(values)
    yield from _day(values, issued_on, today)
    yield from _cause(values)
    yield from _money_of_result(values)
    yield from _still_missing(values)


def _whether(values: Values) -> Iterator[Complaint]:
    if values.lacks(CHECKED, values.checked):
        if values.result is None:
            yield Complaint(CHECKED, "没有填“是否核查”", "whether it was checked is not said")
        else:
            zh = "没有填“是否核查”；有核查结果，按“是”读"
            yield Complaint(CHECKED, zh, "not said whether it was checked; there is a result: read as yes", WARNING)
    if values.checked and values.lacks(RESULT, values.result):
        yield Complaint(RESULT, "填了已核查，但没有核查结果", "checked, but there is no result")


def _left_undone(values: Values) -> Iterator[Complaint]:
    if values.result is not None:
        zh = "“是否核查”填“否”，却有核查结果：没有核查的不填结果，已核查的改为“是”"
        yield Complaint(RESULT, zh, "not checked, but there is a result: empty it, or say that it was checked")
    if values.repaid_fen:
        zh = "“是否核查”填“否”，却有退还（补缴）金额"
        yield Complaint(REPAID, zh, "not checked, but money was given back")
    if values.lacks(STATEMENT, values.statement):
        zh = "没有核查的，须在“事实说明”写明原因"
        yield Complaint(STATEMENT, zh, "what was not checked needs a reason in the statement")


def _checkers(values: Values) -> Iterator[Complaint]:
    first, second = values.checker, values.second_checker
    if first and second and person_key(first) == person_key(second):
        yield Complaint(
            SECOND, "两名核查人是同一人，须由两人核查", "both checkers are the same person; two persons must check"
        )
    for heading, name in ((FIRST, first), (SECOND, second)):
        if values.lacks(heading, name):
            yield Complaint(heading, "缺核查人，每条须两人核查", "a checker is missing: two must check", WARNING)


def _day(values: Values, issued_on: date, today: date) -> Iterator[Complaint]:
    day = values.checked_on
    if day is not None and day < issued_on:
        zh = f"核查日期{day}早于下发日期{issued_on}"
        yield Complaint(CHECKED_ON, zh, f"the day of the check, {day}, is before the list was issued ({issued_on})")
    if day is not None and day > today:
        zh = f"核查日期{day}晚于今天（{today}）"
        yield Complaint(CHECKED_ON, zh, f"the day of the check, {day}, is after today ({today})")


def _cause(values: Values) -> Iterator[Complaint]:
    result, cause = values.result, values.cause
    if result in WRONG and cause not in (None, VIOLATION, OTHER):
        yield Complaint(
            CAUSE,
            "查明属实或部分属实的，原因类别不能是正当情形，应选“经查属违规”（合理的部分写在“事实说明”）",
            "something was found wrong, but the cause is an innocent one: choose 经查属违规",
        )
    if result in ("cleared", "unverifiable") and cause == VIOLATION:
        yield Complaint(
            CAUSE,
            "原因类别是“经查属违规”，核查结果却不是属实或部分属实",
            "the cause is a violation, but the result does not say that something was found wrong",
        )


def _money_of_result(values: Values) -> Iterator[Complaint]:
    if values.repaid_fen and values.result == "cleared":
        zh = "核查结果是“不属实”，却有退还（补缴）金额：退了钱的应为属实或部分属实，没有退的清空金额"
        yield Complaint(REPAID, zh, "cleared, but money was given back: correct the result, or empty the amount")
    if values.repaid_fen and values.result == "unverifiable":
        zh = "核查结果是“无法核实”，却有退还（补缴）金额，请写明退还的理由"
        yield Complaint(REPAID, zh, "not to be verified, but money was given back: say why", WARNING)


def _money(values: Values, today: date) -> Iterator[Complaint]:
    paid, day = values.repaid_fen, values.repaid_on
    if day is not None and values.lacks(REPAID, paid or None):
        yield Complaint(REPAID, "有退还（补缴）日期，没有金额", "there is a day of a return, but no amount")
    if paid and values.lacks(REPAID_ON, day):
        yield Complaint(REPAID_ON, "有退还（补缴）金额，没有日期", "there is an amount returned, but no day")
    if day is not None and day > today:
        zh = f"退还（补缴）日期{day}晚于今天（{today}）：还没有退还的不填"
        yield Complaint(REPAID_ON, zh, f"the day of the return, {day}, is after today ({today})")
    if values.lacks(REPAID, paid or None) and day is None and _MONEY_BACK.search(values.measures or ""):
        zh = "整改措施写了已退还或补缴，请填金额和日期"
        yield Complaint(REPAID, zh, "the measures speak of money returned: fill in amount and day", WARNING)


def _still_missing(values: Values) -> Iterator[Complaint]:
    """Say what an answer that is taken still lacks."""
    wanted: list[tuple[str, object, str, str]] = [
        (METHOD, values.method, "缺核查方式", "the method is missing"),
        (CHECKED_ON, values.checked_on, "缺核查日期", "the day of the check is missing"),
        (STATEMENT, values.statement, "缺事实说明", "the statement is missing"),
    ]
    if values.result != "unverifiable":
        wanted.append((CAUSE, values.cause, "缺原因类别", "the cause is missing"))
    if values.result in WRONG:
        wanted.append((MEASURES, values.measures, "属实或部分属实的须填整改措施", "the measures are missing"))
        wanted.append((RESPONSIBLE, values.responsible, "属实或部分属实的须填责任人", "who is responsible is missing"))
    for heading, value, zh, en in wanted:
        if values.lacks(heading, value):
            yield Complaint(heading, zh, en, WARNING)
