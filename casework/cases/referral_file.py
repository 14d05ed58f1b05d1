"""The case file of a referral, put together from the ledger: subject, story, money, law, answers, evidence, papers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from casework.cases.describing import Described
from casework.cases.letterhead import REFERRED, article, letterhead, number_of
from casework.cases.policy import policy_of
from casework.cases.referral_money import money_of
from casework.cases.referral_story import chronology_of, events_of, said_of
from casework.cases.store import Cases
from casework.papers.referral import Attached, Basis, EvidenceEvent, Referral, Shown
from casework.papers.self_check import RESULTS
from casework.rule_life.standing import known_rules
from casework.workbook.labels import SEVERITIES, SUBJECTS, category_name, type_name
from domain.cases.other_states import ReferralState
from domain.cases.suspicion_state import SuspicionState
from domain.errors import Broken
from domain.money import yuan
from ledger.merkle.printed import Printed
from risk.anomaly.findings import RULE as ANOMALY
from risk.catalogue.card import GRAVITY
from risk.scoring.event_ids import record_of
from risk.scoring.suspicion import Suspicion

GROUNDS = "《征收管理办法（试行）》第四十条、第四十一条"
SHOWN_REASONS = 4
"""Reasons of a suspicion that the letter tells; they come by gravity, and the pack has all of them."""
_HOLDERS = "SELECT person FROM collectors WHERE county = $county AND record_id = $id ORDER BY source"


class Handed(NamedTuple):
    """What is known of a handing over once its packs are written."""

    on: date
    printed: Printed
    attached: tuple[Attached, ...]
    reveal: str
    """Why people are named; "": they are not."""


def referral_number(cases: Cases, state: ReferralState) -> str:
    """Return the number on paper: 税移〔2026〕1号 of 653123-2026-R01."""
    _, year, n = state.id.split("-")
    policy = policy_of(cases.home.ledger, state.county, cases.acting.today)
    return number_of(policy, REFERRED, int(year), str(int(n.removeprefix("R"))))


def case_file(
    cases: Cases, told: Described, state: ReferralState, states: Sequence[SuspicionState], handed: Handed
) -> Referral:
    """Return the case file; people are named where `told` was opened with clear names."""
    items = [told.seen[each.suspicion_id].item for each in states]
    head = letterhead(told.place(state.county))
    events = events_of(cases, states)
    evidence = sorted({event_id for item in items for event_id in item.evidence})
    shown = Shown(cases.acting.actor, handed.on, handed.reveal) if handed.reveal else None
    return Referral(
        referral_id=state.id,
        number=referral_number(cases, state),
        sender=head.tax,
        addressee=head.discipline,
        on=handed.on,
        grounds=GROUNDS,
        subject=_subjects(told, items),
        shown=shown,
        summary=_summary(told, items, states),
        amount_fen=sum(item.amount_at_risk_fen for item in items),
        severity=SEVERITIES[max((item.severity for item in items), key=GRAVITY.index)],
        chronology=chronology_of(told, events),
        money=money_of(told.names, state.county, evidence),
        basis=_basis(cases, items),
        said=said_of(cases, told, events, handed.reveal),
        evidence=_evidence(cases, evidence),
        attached=handed.attached,
        prepared_by=state.prepared_by,
        approved_by=state.approved_by,
        printed=handed.printed,
    )


def _subjects(told: Described, items: Sequence[Suspicion]) -> tuple[tuple[str, str], ...]:
    """Return what is known of whom it is about, each subject once with its suspicions."""
    by_subject: dict[tuple[str, str], list[Suspicion]] = {}
    for item in items:
        by_subject.setdefault((item.subject_type, item.subject_id), []).append(item)
    found: list[tuple[str, str]] = []
    for n, own in enumerate(by_subject.values(), start=1):
        mark = f"（{n}）" if len(by_subject) > 1 else ""
        rows = [*_subject(told, own[0]), ("所属乡镇", told.place(own[0].township or own[0].county))]
        rows.append(("疑点编号", "、".join(item.suspicion_id for item in own)))
        found += [(f"{label}{mark}", text) for label, text in rows if text]
    return tuple(found)


def _subject(told: Described, item: Suspicion) -> list[tuple[str, str]]:
    kind = ("对象", SUBJECTS.get(item.subject_type, item.subject_type))
    if item.subject_type == "collector":
        return [kind, *_collector(told, item)]
    if item.subject_type == "payer":
        masks = told.wording.masks
        name = told.wording.name(item.subject_id, None)
        return [kind, ("姓名", name), ("证件号码", masks.numbers.get(item.subject_id, ""))]
    return [("对象", told.wording.subject(item))]


def _collector(told: Described, item: Suspicion) -> list[tuple[str, str]]:
    known = told.wording.material.collectors.get((item.county, item.subject_id))
    if known is None:
        return [("编号", f"{item.subject_id}（不在代收人员名册）")]
    holders = told.world.execute(_HOLDERS, {"county": item.county, "id": item.subject_id}).fetchall()
    person = holders[0][0] if holders else None
    numbers = told.names.masked([person], "number") if person else {}
    return [
        ("姓名", told.wording.hand(known)), ("证件号码", numbers.get(person or "", "")),
        ("编号", item.subject_id), ("职务", known.role),
        ("负责区域", "、".join(told.place(code) for code in known.divisions)),
    ]  # fmt: skip


def _summary(told: Described, items: Sequence[Suspicion], states: Sequence[SuspicionState]) -> str:
    lines = []
    for n, (item, state) in enumerate(zip(items, states, strict=True), start=1):
        mark = f"（{n}）" if len(items) > 1 else ""
        named = f"{category_name(item.category)}，{SEVERITIES[item.severity]}，{yuan(item.amount_at_risk_fen)}元"
        lines.append(f"{mark}疑点 {item.suspicion_id}（{named}）：")
        lines += [f"{reason}。" for reason in item.reasons_zh[:SHOWN_REASONS]]
        left = len(item.reasons_zh) - SHOWN_REASONS
        lines.append(f"另有{left}项较轻情形，见证据包中的 finding.json。" if left > 0 else "")
        lines.append(_standing(state))
    event = told.run.event
    lines.append(f"以上数据截至{event.as_of}（账本前{event.position}条）。")
    return "\n".join(line for line in lines if line)


def _standing(state: SuspicionState) -> str:
    """Return what came of a suspicion so far, in a sentence."""
    parts = []
    if state.answer is not None:
        parts.append(f"乡镇反馈：{RESULTS.get(state.answer.result or '', '未核查')}")
    if state.sampled and state.outcome:
        parts.append(f"抽查：{RESULTS.get(state.outcome, state.outcome)}")
    if state.corrected_fen:
        parts.append(f"账面已见退还、补缴{yuan(state.corrected_fen)}元")
    return f"{'；'.join(parts)}。" if parts else ""


def _basis(cases: Cases, items: Sequence[Suspicion]) -> tuple[Basis, ...]:
    """Return the rules that fired with the articles that they rest on, each once."""
    fired = dict.fromkeys(rule for item in items for rule in item.rules)
    cards = {rule.id: rule.card for rule in known_rules(cases.home).rules}
    found = []
    for rule in fired:
        card = cards.get(rule)
        if card is not None:
            found += [Basis(rule, card.title.zh, article(each.law), each.text_zh) for each in card.basis]
        elif rule == ANOMALY:
            found.append(Basis("模型", "与同类相比数据异常", "—", "异常模型的提示，不是规则，单独不成立"))
    return tuple(found)


def _evidence(cases: Cases, event_ids: Sequence[str]) -> tuple[EvidenceEvent, ...]:
    stored = cases.home.ledger.versions({event_id.rpartition("@")[0] for event_id in event_ids})
    positions = {f"{row.stream}@{row.version}": row.position for rows in stored.values() for row in rows}
    found = []
    for event_id in event_ids:
        if event_id not in positions:
            raise Broken(f"账本中没有证据事件 {event_id}", f"the ledger has no event {event_id} of the evidence")
        ref = record_of(event_id)
        found.append(EvidenceEvent(event_id, type_name(ref.type), ref.record_id, positions[event_id]))
    return tuple(found)
