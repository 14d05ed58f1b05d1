"""Reads a returned workbook: answers in clear, problems by cell; needs neither the ledger nor the vault."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from casework.answers.given import NOTE, REFUSED, WARNING, AnswerGiven, Problem, RefusedWorkbook, ReturnedWorkbook
from casework.answers.items import Context, Outcome, read_item
from casework.answers.opening import Opened, open_returned
from casework.answers.package import place_of_address
from casework.answers.refusals import NotTakenError
from casework.answers.table import ID, Line, Table, address, read_table
from casework.answers.values import is_nothing, words
from casework.workbook.columns import COLUMNS, FILLED
from casework.workbook.manifest import ManifestItem, Verify

_SHOWN_NUMBERS = 20


def read_answers(name: str, content: bytes, verify: Verify, today: date) -> ReturnedWorkbook | RefusedWorkbook:
    """Return what a file that came back holds; a file that is no workbook of ours is refused with what to do.

    `verify` says whether a signature is the home's; `today` is the day of the import: no check may be after it.
    """
    try:
        opened = open_returned(name, content, verify)
        table = read_table(opened)
    except NotTakenError as error:
        return RefusedWorkbook(name, error.text.zh, error.text.en)
    context = Context(opened.manifest, table, opened.formulas, opened.from_1904, today)
    return _returned(name, context, [*_about_the_sheet(opened, table), *_unknown_rows(table)])


def _returned(name: str, context: Context, problems: list[Problem]) -> ReturnedWorkbook:
    """Read the rows of every item; `problems` are those of the sheet as a whole."""
    manifest, answers = context.manifest, list[AnswerGiven]()
    empty, refused, missing = list[int](), list[int](), list[int]()
    for item in manifest.items:
        lines = context.table.lines.get(item.number)
        if lines is None:
            missing.append(item.number)
            continue
        outcome = _of_rows(item, lines, context)
        problems += outcome.problems
        if outcome.answer is not None:
            answers.append(outcome.answer)
        else:
            (empty if outcome.is_empty else refused).append(item.number)
    problems += _missing_rows(missing)
    return ReturnedWorkbook(
        file=name,
        list_id=manifest.list_id,
        number=manifest.number,
        version=manifest.version,
        part=manifest.part,
        issued=len(manifest.items),
        answers=tuple(answers),
        empty=tuple(empty),
        refused=tuple(refused),
        missing=tuple(missing),
        problems=tuple(sorted(problems, key=_by_place)),
    )


def _of_rows(item: ManifestItem, lines: Sequence[Line], context: Context) -> Outcome:
    """Read an item's row; of several rows the one that is filled in, where they do not say different things."""
    table = context.table
    distinct = {filled: line for line in reversed(lines) if any(filled := table.filled(line))}
    line = next(iter(distinct.values())) if len(distinct) == 1 else lines[0]
    if len(lines) == 1:
        return read_item(item, line, context)
    cells = "、".join(table.address(each, ID) for each in lines)
    if len(distinct) > 1:
        zh = f"同一疑点有几行（{cells}），内容不同，不知道以哪行为准：请只留一行"
        en = f"several rows are about this suspicion ({cells}) and differ: keep one of them"
        told = Problem(table.address(lines[1], ID), zh, en, item.number, item.suspicion_id)
        return Outcome(None, is_empty=False, problems=[told])
    zh = f"同一疑点有几行（{cells}），按{table.address(line, ID)}读：请删除多余的行"
    en = f"several rows are about this suspicion ({cells}); {table.address(line, ID)} is read: delete the others"
    told = Problem(table.address(lines[1], ID), zh, en, item.number, item.suspicion_id, WARNING)
    outcome = read_item(item, line, context)
    return outcome._replace(problems=[told, *outcome.problems])


def _about_the_sheet(opened: Opened, table: Table) -> Iterator[Problem]:
    for sheet in opened.others:
        zh, en = "这张工作表不是下发的，没有读取", "this sheet was not issued and is not read"
        yield Problem(sheet, zh, en, weight=NOTE)
    for cell in table.unknown_headings:
        zh = "这一列不是下发的，没有读取：要说明的写在“事实说明”"
        yield Problem(cell, zh, "this column was not issued and is not read: use the statement", weight=WARNING)
    for column in COLUMNS:
        if column.heading not in table.columns:
            zh = f"“{column.heading}”一列不见了：请不要删列、改表头，照下发的原文件恢复"
            en = f"the column {column.heading} is gone: delete no column and change no heading; restore it"
            yield Problem(address(table.heading_row, 0), zh, en, weight=WARNING)


def _unknown_rows(table: Table) -> Iterator[Problem]:
    """Tell of rows that name no item; what is filled in there is not taken."""
    for line in table.unknown:
        answered = any(not is_nothing(words(table.cell(line, column.heading))) for column in FILLED)
        zh = "这一行没有本清单的疑点编号，没有读取"
        zh += "：请不要增行、改编号，一条疑点填在它自己的一行" if answered else ""
        en = "this row has no suspicion of this list and is not read"
        en += ": add no rows, change no number; fill in each suspicion in its own row" if answered else ""
        yield Problem(address(line.row, table.columns[ID]), zh, en, weight=REFUSED if answered else NOTE)


def _missing_rows(missing: Sequence[int]) -> Iterator[Problem]:
    if missing:
        shown = "、".join(map(str, missing[:_SHOWN_NUMBERS])) + ("等" if len(missing) > _SHOWN_NUMBERS else "")
        zh = f"有{len(missing)}条疑点的行不在表里（第{shown}条）：已填的照收，其余请另行反馈"
        en = f"the rows of {len(missing)} items are not there ({shown}): the others are taken, answer the rest later"
        yield Problem("", zh, en, weight=NOTE)


def _by_place(problem: Problem) -> tuple[int, int, str]:
    try:
        return (*place_of_address(problem.cell), "")
    except ValueError:
        return -1, -1, problem.cell
