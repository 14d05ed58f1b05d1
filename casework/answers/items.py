"""One row of a returned list to an answer, or to nothing, with every problem in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import NamedTuple

from casework.answers import values as read
from casework.answers.contradictions import (
    ATTACHMENTS,
    CAUSE,
    CHECKED,
    CHECKED_ON,
    FIRST,
    MEASURES,
    METHOD,
    REPAID,
    REPAID_ON,
    RESPONSIBLE,
    RESULT,
    SECOND,
    SIGNED,
    STATEMENT,
    Complaint,
    Values,
    complaints,
)
from casework.answers.formulas import Formulas
from casework.answers.given import NOTE, REFUSED, WARNING, AnswerGiven, Problem
from casework.answers.table import ID, Line, Table
from casework.workbook.columns import FILLED
from casework.workbook.manifest import Manifest, ManifestItem, cell_digits, issued_text
from intake.reading.cells import Cell

FIELDS = {
    CHECKED: "checked", METHOD: "method", FIRST: "checker", SECOND: "second_checker", CHECKED_ON: "checked_on",
    RESULT: "result", CAUSE: "cause", STATEMENT: "statement", MEASURES: "measures", REPAID: "repaid_fen",
    REPAID_ON: "repaid_on", RESPONSIBLE: "responsible", SIGNED: "village_signed", ATTACHMENTS: "attachments",
}  # fmt: skip
"""Heading of a cell to fill in to the field of the answer."""
_NAMES = frozenset({FIRST, SECOND})
_SPEAKING = frozenset({SIGNED})
"""Columns in which 无 says something."""


class Context(NamedTuple):
    """What the rows of one workbook are read against."""

    manifest: Manifest
    table: Table
    formulas: Formulas
    from_1904: bool
    today: date


class Outcome(NamedTuple):
    """What became of one item's row: an answer, or nothing yet, or refused for one of the problems."""

    answer: AnswerGiven | None
    is_empty: bool
    problems: list[Problem]


def read_item(item: ManifestItem, line: Line, context: Context) -> Outcome:
    """Read the row of an item."""
    found = [*_changed(item, line, context), *_formulas(line, context)]
    values = Values(unread={one.heading for one in found})
    given = _given(line, context)
    if not given and not any(one.heading in FIELDS for one in found):
        told = [_problem(one._replace(weight=WARNING), item, line, context) for one in found]
        return Outcome(None, is_empty=True, problems=told)
    found += _merged(line, context, given)
    found += _take(values, given, item, context)
    found += complaints(values, context.manifest.issued_on, context.today)
    problems = [_problem(one, item, line, context) for one in found]
    if any(problem.weight == REFUSED for problem in problems):
        return Outcome(None, is_empty=False, problems=problems)
    cells = {FIELDS[heading]: context.table.address(line, heading) for heading in given}
    return Outcome(_answer(item, values, cells), is_empty=False, problems=problems)


def _answer(item: ManifestItem, values: Values, cells: Mapping[str, str]) -> AnswerGiven:
    taken = {name: getattr(values, name) for name in FIELDS.values()}
    taken |= {"checked": values.checked is not False, "repaid_fen": values.repaid_fen or None}
    return AnswerGiven(item=item.number, suspicion_id=item.suspicion_id, cells=cells, **taken)


def _problem(found: Complaint, item: ManifestItem, line: Line, context: Context) -> Problem:
    cell = context.table.address(line, found.heading)
    return Problem(cell, found.zh, found.en, item.number, item.suspicion_id, found.weight)


def _changed(item: ManifestItem, line: Line, context: Context) -> Iterator[Complaint]:
    """Yield the issued cells that no longer hold what was issued; a column that is gone is told once, elsewhere."""
    manifest = context.manifest
    for place, heading in enumerate(manifest.columns):
        if heading == ID or heading not in context.table.columns:
            continue  # a row whose id is another is the row of another item
        text = issued_text(heading, context.table.cell(line, heading), from_1904=context.from_1904)
        formula = context.formulas.at(line.row - 1, context.table.columns[heading])
        if formula or cell_digits(manifest.list_id, item.suspicion_id, heading, text) != item.cell(place):
            yield Complaint(
                heading,
                f"下发的“{heading}”被改动：请照下发的原文件恢复后重新报送；有不同意见写在“事实说明”",
                f"the issued cell {heading} was changed: restore it from the issued file and send it again; "
                "what you disagree with belongs into the statement",
            )


def _formulas(line: Line, context: Context) -> Iterator[Complaint]:
    for column in FILLED:
        place = context.table.columns.get(column.heading)
        if place is None:
            continue
        if (line.row - 1, place) in context.formulas.errors:
            zh = "单元格里是表格软件的出错提示（如#REF!），请重新填写"
            yield Complaint(column.heading, zh, "the cell holds a spreadsheet's error, such as #REF!: write it anew")
        elif context.formulas.at(line.row - 1, place):
            yield Complaint(
                column.heading,
                "单元格里是公式，不读公式的结果：请直接填内容（复制后“选择性粘贴—数值”）",
                "the cell holds a formula, and no result of a formula is read: fill in the value itself",
            )


def _given(line: Line, context: Context) -> dict[str, Cell]:
    """Return heading to cell of what the clerk wrote, but for formulas."""
    given = {}
    for heading in FIELDS:
        column = context.table.columns.get(heading)
        if column is None or context.formulas.at(line.row - 1, column):
            continue
        cell = context.table.cell(line, heading)
        text = read.words(cell)
        if text and (heading in _SPEAKING or not read.is_nothing(text)):
            given[heading] = cell
    return given


def _merged(line: Line, context: Context, given: Mapping[str, Cell]) -> Iterator[Complaint]:
    if line.money_merged and REPAID in given:
        yield Complaint(
            REPAID,
            "金额的单元格合并了几行，不知道每条各是多少：请取消合并，逐条填写",
            "the amount stands in a cell merged over several rows: unmerge it and fill in each item",
        )
    for heading in given:
        if heading != REPAID and context.table.columns[heading] in line.merged:
            yield Complaint(
                heading,
                "单元格与上一行合并，按同样内容读；请取消合并，逐条填写",
                "the cell is merged with the row above and read as the same: unmerge it and fill in each item",
                WARNING,
            )


def _take(values: Values, given: Mapping[str, Cell], item: ManifestItem, context: Context) -> list[Complaint]:
    """Read each cell into its field; return what could not be read."""
    found: list[Complaint] = []
    readers: dict[str, Callable[[Cell], object]] = {
        CHECKED: read.yes_or_no,
        METHOD: partial(_method, found),
        CHECKED_ON: partial(read.day, from_1904=context.from_1904),
        RESULT: lambda cell: read.one_of(read.words(cell), read.RESULT_NAMES),
        CAUSE: lambda cell: read.cause_id(read.words(cell), context.manifest.causes[item.causes]),
        REPAID: read.amount_fen,
        REPAID_ON: partial(read.day, from_1904=context.from_1904),
        SIGNED: lambda cell: read.is_signed(read.words(cell)),
    }
    for heading, cell in given.items():
        try:
            setattr(values, FIELDS[heading], readers.get(heading, read.own_words)(cell))
        except read.UnreadError as error:
            values.unread.add(heading)
            found.append(Complaint(heading, error.text.zh, error.text.en))
    return [*found, *_names(values)]


def _method(found: list[Complaint], cell: Cell) -> str:
    ways = read.methods(read.words(cell))
    if len(ways) > 1:
        zh = "填了几种核查方式，按第一种读；其余写在“事实说明”"
        found.append(Complaint(METHOD, zh, "several methods are given; the first is read", NOTE))
    return ways[0]


def _names(values: Values) -> Iterator[Complaint]:
    """Part two names in one cell, and tell what is no name."""
    both = read.persons(values.checker or "")
    if len(both) == 2 and values.lacks(SECOND, values.second_checker):
        values.checker, values.second_checker = both
        zh = "两名核查人写在一格里，已分开读；请一人一格"
        yield Complaint(FIRST, zh, "both checkers stand in one cell and were read apart: one name to a cell", NOTE)
    for heading, name in ((FIRST, values.checker), (SECOND, values.second_checker)):
        if name is not None and not read.is_name(name):
            yield Complaint(heading, "核查人应写姓名", "the name of a person is expected here", WARNING)
