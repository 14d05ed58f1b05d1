"""The self-check report of a list, generated from the answers in the ledger; and its blank form for handwriting."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from casework.cases.answer_texts import CHECKERS, answer_of, answer_texts, last_answers
from casework.cases.corrections import recovered_fen
from casework.cases.letterhead import addressee_of, government_of, letterhead, printed_of
from casework.cases.policy import CasePolicy, policy_of
from casework.cases.store import Cases
from casework.cases.workbooks import Issued, issued
from casework.papers.kinds import maker_of
from casework.papers.self_check import Count, Report, ReportItem
from casework.papers.self_check_report import report_docx, report_form_pdf, report_pdf
from casework.workbook.guide import choices
from casework.workbook.labels import category_name
from domain.cases import suspicion
from domain.cases.list_state import ListState, due_on
from domain.cases.suspicion import SuspicionEvent, SuspicionListed, SuspicionReopened
from domain.cases.suspicion_state import SuspicionState, after
from domain.errors import Refused
from risk.scoring.suspicion import Suspicion

GONE = {"withdrawn": "（下发后，后续数据已说明，已撤回）", "changed": "（下发后，后续数据已到账，改列其他类型）"}
"""What stands in the place of an answer to an item that left the list after its issue."""
Texts = Mapping[str, Mapping[str, str]]


def report_of(cases: Cases, list_id: str, reason: str, *, blank: bool = False) -> Report:
    """Return the report with the answers as they stand, or (blank) without them.

    The words of answers come out of the vault, recorded with the reason. NotFound, Refused (never issued).
    """
    state = cases.one_list(list_id)
    if state.issued_on is None:
        raise Refused(f"清单 {list_id} 没有下发，没有可报告的", f"the list {list_id} was not issued: nothing to report")
    standing = cases.suspicions([item.suspicion_id for item in state.items])
    states = {name: _on_list(cases, each, list_id) for name, each in standing.items()}
    own = list(states.values())
    texts = None if blank else answer_texts(cases, last_answers(own), reason)
    with issued(cases, list_id, reason) as each:
        items = tuple(_item(each, item, states[item.suspicion_id], texts) for item in each.township.items)
        policy = policy_of(cases.home.ledger, state.county, cases.acting.today)
        return _report(each, state, items, own, policy)


def _on_list(cases: Cases, state: SuspicionState, list_id: str) -> SuspicionState:
    """Return a suspicion as it stood when it was last on a list: what was opened again since is no part of that."""
    if state.list_id == list_id and state.state != "open":
        return state
    found = SuspicionState(state.suspicion_id)
    for event in cases.events(suspicion.KIND, state.suspicion_id):
        if isinstance(event, SuspicionReopened | SuspicionListed) and found.list_id == list_id:
            break
        if isinstance(event, SuspicionEvent):
            found = after(found, event)
    return found


def _report(
    each: Issued, state: ListState, items: tuple[ReportItem, ...], own: list[SuspicionState], policy: CasePolicy
) -> Report:
    place = each.wording.material.place
    county = place(state.county)
    corrected = [one for one in own if one.corrected_fen]
    return Report(
        number=state.number,
        county=county,
        township=government_of(addressee_of(state, place(state.code), county)),
        addressee=letterhead(county).tax,
        batch=each.issue.batch,
        issued_on=each.issue.issued_on,
        due_on=due_on(state, policy.working) or each.issue.due_on,
        items=items,
        received_on=state.received_on,
        reported_on=state.reported_on,
        recovered=Count("其中账面已见", len(corrected), recovered_fen(corrected)),
        printed=printed_of(state.list_id, state.checkpoint),
    )


def _item(each: Issued, item: Suspicion, state: SuspicionState, texts: Texts | None) -> ReportItem:
    subject = answer_of(state)
    answer = state.answer if subject is not None else None
    words = (texts or {}).get(subject or "", {})
    issued_as = ReportItem(
        suspicion_id=item.suspicion_id, subject=each.wording.subject(item), category=category_name(item.category),
        amount_fen=item.amount_at_risk_fen, village=each.wording.material.place(item.village),
        statement=GONE.get(state.state, ""),
    )  # fmt: skip
    if answer is None or texts is None:
        return issued_as
    causes = {cause.id: cause.zh for cause in choices(item.rules, each.wording.guides)}
    return msgspec.structs.replace(
        issued_as,
        result=answer.result,
        method=answer.method,
        checkers=words.get(CHECKERS, ""),
        checked_on=answer.checked_on,
        cause=causes.get(answer.cause or "", answer.cause or ""),
        statement="\n".join(text for text in (words.get("statement", ""), issued_as.statement) if text),
        measures=words.get("measures", ""),
        repaid_fen=answer.repaid_fen,
        repaid_on=answer.repaid_on,
        responsible=words.get("responsible", ""),
        attachments=words.get("attachments", ""),
    )


def report_paper(cases: Cases, list_id: str, kind: str, reason: str, *, blank: bool = False) -> bytes:
    """Return the report as docx or pdf; its blank form is a PDF. Malformed where the kind is neither."""
    makers = {"pdf": report_form_pdf} if blank else {"pdf": report_pdf, "docx": report_docx}
    make = maker_of(kind, makers)
    return make(report_of(cases, list_id, reason, blank=blank))
