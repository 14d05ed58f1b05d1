"""A list of the ledger on paper: the texts of its workbook, with the checkpoint that sealed its evidence as QR code."""

from __future__ import annotations

from casework.cases.letterhead import addressee_of, letterhead, printed_of
from casework.cases.store import Cases
from casework.cases.workbooks import issued
from casework.papers.suspicion_list import ListPaper, list_items, list_pdf
from casework.workbook.evidence_sheet import spans
from casework.workbook.list_sheet import ListPage

UNNUMBERED = "（拟发，未编号）"
"""In the place of the number of a list that was not issued: a preview for who approves it."""


def list_of(cases: Cases, list_id: str, reason: str) -> ListPaper:
    """Return the list as its paper states it, names masked; every look-up is recorded. NotFound, Broken."""
    state = cases.one_list(list_id)
    with issued(cases, list_id, reason) as each:
        place = each.wording.material.place
        page = ListPage(each.township, each.issue, each.wording, spans(each.township, each.wording), each.numbers)
        return ListPaper(
            number=state.number or UNNUMBERED,
            township=addressee_of(state, place(state.code), place(state.county)),
            issuer=letterhead(place(state.county)).tax,
            batch=each.issue.batch,
            issued_on=each.issue.issued_on,
            due_on=each.issue.due_on,
            days=each.issue.days,
            items=tuple(list_items(page)),
            left_out=state.left_out,
            printed=printed_of(list_id, state.checkpoint),
        )


def list_paper(cases: Cases, list_id: str) -> bytes:
    """Return the list as PDF; Unreachable where system libraries or a Chinese font are missing."""
    return list_pdf(list_of(cases, list_id, f"疑点清单 {list_id}（纸质）"))
