"""Writes a run's workbooks: per township 疑点清单.xlsx, and beside it, where asked, the encrypted 入户核查名单.xlsx."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path

import duckdb
import msgspec
from xlsxwriter import Workbook

from casework.lists.draw import TownshipList
from casework.outputs import replacing
from casework.workbook.evidence_sheet import spans, write_evidence
from casework.workbook.guide import Guides
from casework.workbook.instructions_sheet import write_instructions
from casework.workbook.issue import Issue
from casework.workbook.list_sheet import ListPage, Part, write_choices, write_list
from casework.workbook.manifest import Sign
from casework.workbook.manifest_sheet import write_manifest
from casework.workbook.material import read_material
from casework.workbook.names import Names
from casework.workbook.report_sheet import write_report
from casework.workbook.styles import Styles
from casework.workbook.visits import visit_workbook
from casework.workbook.wording import Wording, masks_of

LIST_FILE = "疑点清单.xlsx"
VISITS_FILE = "入户核查名单.xlsx"


class Written(msgspec.Struct, frozen=True):
    """What was written: paths, and the passwords that are nowhere else."""

    lists: Mapping[str, Path]
    """By code of the township (or county)."""
    visits: Mapping[str, Path]
    passwords: Mapping[str, str]
    """Per code of `visits`; to be handed over by another way than the file."""


def write_workbooks(
    world: duckdb.DuckDBPyConnection,
    lists: Sequence[TownshipList],
    issue: Issue,
    guides: Guides,
    names: Names,
    out: Path,
    *,
    reveal: bool = False,
) -> Written:
    """Write OUT/lists/<code>/… for each list; equal input gives equal bytes, but for the encrypted workbooks.

    `world` is the rule's world of the run. With `reveal` the lists of visits are made too: the caller has logged why.
    """
    material = read_material(world, lists)
    wording = Wording(material, masks_of(lists, material, names), guides)
    paths, visits, passwords = {}, {}, {}
    for township in lists:
        folder = out / "lists" / township.code
        folder.mkdir(parents=True, exist_ok=True)
        paths[township.code] = folder / LIST_FILE
        with replacing(paths[township.code]) as file:
            file.write(list_workbook(township, issue, wording))
        if reveal:
            visits[township.code] = folder / VISITS_FILE
            with replacing(visits[township.code]) as file:
                content, passwords[township.code] = visit_workbook(world, township, issue, material, names)
                file.write(content)
    _remove_others(out / "lists", {*paths.values(), *visits.values()})
    return Written(paths, visits, passwords)


def _remove_others(folder: Path, written: set[Path]) -> None:
    """Remove the workbooks that an earlier run into the same folder left: nobody shall answer an old list."""
    for name in (LIST_FILE, VISITS_FILE):
        for path in set(folder.glob(f"*/{name}")) - written:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()


def list_workbook(
    township: TownshipList, issue: Issue, wording: Wording, sign: Sign | None = None, numbers: Sequence[int] = ()
) -> bytes:
    """Return 疑点清单.xlsx of one township: list, evidence, report, instructions.

    `numbers`: of the items on the list as it was drawn up, where some were left off. `sign` makes the home's signature
    of the manifest by which the workbook is known again when it comes back (casework.answers); without it, or where
    the issue has no list_id, there is no manifest.
    """
    return _workbook(ListPage(township, issue, wording, spans(township, wording), tuple(numbers)), sign)


def village_workbooks(
    township: TownshipList, issue: Issue, wording: Wording, sign: Sign | None = None, of_list: Sequence[int] = ()
) -> dict[str, bytes]:
    """Return by code of the village ("" for items of no single village) a whole workbook of that village's items.

    Each comes back for itself; items keep their number of the whole list (`of_list`, else their place).
    """
    villages: dict[str, list[int]] = {}
    for place, item in enumerate(township.items):
        villages.setdefault(item.village or "", []).append(place)
    workbooks = {}
    for village, places in sorted(villages.items()):
        items = tuple(township.items[place] for place in places)
        part = msgspec.structs.replace(township, items=items, left_out=0)
        numbers = tuple(of_list[place] if of_list else place + 1 for place in places)
        rows = spans(part, wording)
        page = ListPage(part, issue, wording, rows, numbers, Part(village, len(township.items)))
        workbooks[village] = _workbook(page, sign)
    return workbooks


def _workbook(page: ListPage, sign: Sign | None) -> bytes:
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    created = datetime.combine(page.issue.issued_on, time(), UTC)
    book.set_properties({"title": f"{page.where}疑点清单", "author": "明账", "created": created})
    styles = Styles(book)
    write_list(book, styles, page)
    write_evidence(book, styles, page)
    write_report(book, styles, page)
    write_instructions(book, styles, page)
    write_choices(book, page)
    if sign is not None and page.issue.list_id:
        write_manifest(book, page, sign)
    book.close()
    return buffer.getvalue()
