"""The report to discipline inspection on a period (Y 39): figures, careless self-checks, confirmed wrongs, offices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from casework.cases.careless import signals
from casework.cases.describing import Described, described
from casework.cases.figures import Figures, figures
from casework.cases.letterhead import REPORTED, article, letterhead, number_of, office_name
from casework.cases.policy import policy_of
from casework.cases.referral_file import referral_number
from casework.cases.store import Cases
from casework.papers.accountability import (
    Accountability,
    OfficeFailing,
    TownshipRecord,
    Wrong,
    accountability_docx,
    accountability_pdf,
)
from casework.papers.kinds import maker_of
from casework.workbook.labels import category_name
from domain.cases.answer import WRONG
from domain.cases.list_state import ListState
from domain.cases.moves import REFERRAL, SUSPICION
from domain.cases.other_states import ReferralState
from domain.cases.receivers import TOWNSHIP
from domain.cases.suspicion_state import SuspicionState
from domain.duties import DUTIES
from domain.errors import Malformed
from domain.money import yuan
from ledger.merkle.printed import printed
from risk.catalogue.rule import load
from risk.engine import DuckDBEngine
from risk.screening import queries_of, run_rule
from risk.sufficiency import Sufficiency
from risk.thresholds import thresholds_in_force

GROUNDS = "《征收管理办法（试行）》第三十九条、第四十一条"
DUTY_RULE = "H01"
DECIDED = frozenset({*WRONG, "cleared"})
"""Outcomes of an inspection that count for more than what the township answered or a check found."""
_MAKERS = {"docx": accountability_docx, "pdf": accountability_pdf}
_BLANK = "＿＿"


class Period(NamedTuple):
    """The days that a report is about, both included."""

    first: date
    last: date

    def has(self, day: date | None) -> bool:
        """Whether a day lies in the period."""
        return day is not None and self.first <= day <= self.last


class _Cases(NamedTuple):
    """The lists that were issued to townships in the period, their suspicions, and what was referred."""

    lists: list[ListState]
    suspicions: Mapping[str, SuspicionState]
    referrals: Mapping[str, ReferralState]

    def of(self, one: ListState) -> list[SuspicionState]:
        """Return the suspicions that stand on a list."""
        return [state for _, state in one.own(self.suspicions)]


class _Missed(msgspec.Struct):
    """Details of a finding of the duty rule."""

    duty: str
    duty_zh: str
    times: int
    late: int
    missing: int
    unsigned: int


def accountability(cases: Cases, county: str, period: Period, reason: str) -> Accountability:
    """Return the report; names are masked, and every look-up is recorded with the reason. Malformed, Refused."""
    if period.last < period.first:
        raise Malformed(
            f"期间应从早到晚，得到 {period.first} 至 {period.last}",
            f"a period runs from its first day to its last; got {period.first} to {period.last}",
        )
    found = _Cases(
        [
            state
            for state in cases.lists().values()
            if state.county == county and state.addressee == TOWNSHIP and period.has(state.issued_on)
        ],
        cases.suspicions(),
        cases.referrals(),
    )
    wrong = [state for one in found.lists for state in found.of(one) if _is_wrong(state, found.referrals)]
    with described(cases, wrong, reason, queries=queries_of([load()[DUTY_RULE]])) as told:
        return _report(cases, told, found, wrong, county, period)


def _report(
    cases: Cases, told: Described, found: _Cases, wrong: Sequence[SuspicionState], county: str, period: Period
) -> Accountability:
    head = letterhead(told.place(county))
    policy = policy_of(cases.home.ledger, county, cases.acting.today)
    identifier = f"{county}-Y39-{period.first:%Y%m%d}-{period.last:%Y%m%d}"
    signed = cases.home.sealer.seal() if cases.home.sealer is not None else None
    numbers = figures(
        found.lists, found.suspicions, policy.working, cases.acting.today, first=period.first, last=period.last
    )
    return Accountability(
        report_id=identifier,
        number=number_of(policy, REPORTED, cases.acting.today.year, _BLANK),
        sender=head.tax,
        addressee=head.discipline,
        grounds=GROUNDS,
        first=period.first,
        last=period.last,
        on=cases.acting.today,
        townships=tuple(_township(told, found, each) for each in numbers),
        wrongs=tuple(_wrong(cases, told, found, state) for state in wrong),
        offices=_offices(told, county, period),
        prepared_by=cases.acting.actor,
        printed=printed(identifier, signed) if signed is not None else None,
    )


def _township(told: Described, found: _Cases, each: Figures) -> TownshipRecord:
    own = [one for one in found.lists if one.to == each.to]
    states = [state for one in own for state in found.of(one)]
    return TownshipRecord(
        township=told.place(each.to),
        issued=each.issued,
        answered=each.answered,
        in_time=each.in_time,
        returned=each.returned,
        confirmed=each.confirmed,
        confirmed_fen=sum(state.standing.amount_fen for state in states if state.outcome in WRONG),
        recovered_fen=each.recovered_fen,
        overturned=each.overturned,
        careless=tuple(_careless(found, own, each)),
    )


def _careless(found: _Cases, lists: Sequence[ListState], each: Figures) -> list[str]:
    """Return the facts that speak of a careless self-check: signals per list, and what came late or not at all."""
    said = [
        f"{signal.zh}（{one.number or one.list_id}）" for one in lists for signal in signals(found.of(one))
    ]
    said += [f"{one.number or one.list_id}的报告被退回{one.returned}次" for one in lists if one.returned]
    if each.overdue:
        said.append(f"{each.overdue}条逾期未反馈")
    if each.answered > each.in_time:
        said.append(f"{each.answered - each.in_time}条逾期后才反馈")
    return said


def _is_wrong(state: SuspicionState, referrals: Mapping[str, ReferralState]) -> bool:
    """Whether the inspection that it was referred to, or without its word the last look, found a suspicion wrong."""
    referred = referrals.get(state.referral or "")
    inspected = referred.outcome if referred is not None else None
    return (inspected if inspected in DECIDED else state.outcome) in WRONG


def _wrong(cases: Cases, told: Described, found: _Cases, state: SuspicionState) -> Wrong:
    item = told.seen[state.suspicion_id].item
    referred = found.referrals.get(state.referral or "")
    return Wrong(
        suspicion_id=state.suspicion_id,
        township=told.place(state.to),
        subject=told.wording.subject(item),
        category=category_name(state.category),
        amount_fen=state.standing.amount_fen,
        recovered_fen=state.corrected_fen,
        found_by=_found_by(state, referred),
        state=_standing(cases, state, referred),
    )


def _found_by(state: SuspicionState, referred: ReferralState | None) -> str:
    if state.answer is not None and state.answer.result in WRONG:
        return "自查"
    if referred is not None and referred.outcome in WRONG:
        return "纪检"
    return "抽查" if state.sampled else "复核"


def _standing(cases: Cases, state: SuspicionState, referred: ReferralState | None) -> str:
    """Return what became of a wrong: referred, mended as the facts show it, said to be mended, or where it stands."""
    if referred is not None and referred.handed_on is not None:
        return f"已移送（{referral_number(cases, referred)}），{REFERRAL.states[referred.state][0]}"
    if referred is not None:
        return "拟交纪检，尚未移交"
    if 0 < state.standing.amount_fen <= state.corrected_fen:
        return "已整改，账面可见"
    said = state.answer.repaid_fen if state.answer is not None else None
    words = SUSPICION.states[state.state][0]
    return f"{words}；乡镇称退还、补缴{yuan(said)}元" if said else words


def _offices(told: Described, county: str, period: Period) -> tuple[OfficeFailing, ...]:
    """Return the duties whose day lies in the period and which the newest screening's world shows as missed."""
    if not told.run.event.outcomes.get(DUTY_RULE, "").startswith("found"):
        return ()
    as_of = told.run.event.as_of
    engine = DuckDBEngine(told.world)
    table, _ = run_rule(
        engine, Sufficiency(engine), load()[DUTY_RULE], as_of, thresholds_in_force(told.world, as_of)
    )  # fmt: skip
    found = [
        _failing(told, str(row["subject_id"]), str(row["details"]), row["occurred_on"])
        for row in table.to_pylist()
        if row["county"] == county and row["severity"] != "watch" and period.has(row["occurred_on"])
    ]
    return tuple(sorted(found, key=lambda each: (each.office, each.since or period.first, each.what)))


def _failing(told: Described, office: str, details: str, since: date) -> OfficeFailing:
    missed = msgspec.json.decode(details, type=_Missed)
    basis = {duty.id: duty.basis for duty in DUTIES}
    counted = (("逾期", missed.late), ("未见", missed.missing), ("缺签字或公章", missed.unsigned))
    how = "、".join(f"{word}{n}次" for word, n in counted if n)
    law = "、".join(article(part) for part in _articles(basis.get(missed.duty, "")))
    return OfficeFailing(
        office_name(office, told.place(office)), f"{missed.duty_zh}：{how}", law, missed.times, since
    )


def _articles(basis: str) -> list[str]:
    """Return the articles of "Y 15, 23" or "Y 42, Q 2(1)2", each with its regulation."""
    found: list[str] = []
    regulation = ""
    for part in (part.strip() for part in basis.split(",") if part.strip()):
        first, _, rest = part.partition(" ")
        regulation = first if rest else regulation
        found.append(f"{regulation} {rest or first}")
    return found


def accountability_paper(cases: Cases, county: str, period: Period, kind: str, reason: str) -> bytes:
    """Return the report as docx or pdf; Malformed where the kind is neither."""
    make = maker_of(kind, _MAKERS)
    return make(accountability(cases, county, period, reason))
