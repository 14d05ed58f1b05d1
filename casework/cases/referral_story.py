"""The story of a case: what the records in evidence say happened, what was done about it, and who said what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from casework.cases.answer_texts import CHECKERS, answer_texts
from casework.cases.describing import Described
from casework.cases.letterhead import government_of
from casework.cases.noted import notes
from casework.cases.sealed_words import answer_subject
from casework.cases.store import Cases, stream_of
from casework.papers.referral import Happened, Said
from casework.papers.self_check import METHODS, RESULTS
from casework.workbook.labels import SEVERITIES, fee_name, type_name
from casework.workbook.material import Record
from domain.cases import suspicion
from domain.cases.moves import SUSPICION
from domain.cases.suspicion import (
    CheckOverturned,
    CheckUpheld,
    MoneyCorrected,
    SuspicionAnswered,
    SuspicionClosed,
    SuspicionEvent,
    SuspicionIssued,
    SuspicionRaised,
    SuspicionReferred,
    SuspicionReturned,
)
from domain.cases.suspicion_state import SuspicionState
from domain.money import yuan
from intake.parsing import CHINA
from risk.scoring.suspicion import Suspicion

MOST = 400
"""Records that the chronology tells one by one; what is beyond is one line with their number."""
SEALED = "（原文已封存，查阅须说明理由）"
WORKING_GROUP = "风险排查工作组"
OWN = "明账办理"
_ACTS = {
    "cash-receipts": "收取现金", "payments": "缴费", "payment-voids": "冲正", "refunds": "退费",
    "pos-transactions": "刷卡交易", "entitlements": "权益记录", "rosters": "列入应缴费人员台账",
    "collectors": "代收人员任职", "fund-transfers": "划转资金",
}  # fmt: skip
Events = Mapping[str, list[SuspicionEvent]]


def events_of(cases: Cases, states: Iterable[SuspicionState]) -> Events:
    """Return the events of each suspicion, the oldest first."""
    return {
        state.suspicion_id: [
            event
            for event in cases.events(suspicion.KIND, state.suspicion_id)
            if isinstance(event, SuspicionEvent)
        ]
        for state in states
    }


def chronology_of(told: Described, events: Events) -> tuple[Happened, ...]:
    """Return what happened: the dated records in evidence, then what was done about each suspicion."""
    dated: dict[str, Happened] = {}
    for each in told.seen.values():
        for event_id in each.item.evidence:
            record = told.wording.material.records.get(event_id)
            if record is not None and record.on is not None and event_id not in dated:
                what = _happened(told, each.item, record)
                dated[event_id] = Happened(record.on, what, type_name(record.type), event_id)
    facts = sorted(dated.values(), key=lambda happened: (happened.on, happened.event_id))
    shown, left = facts[:MOST], facts[MOST:]
    if left:
        shown.append(Happened(left[-1].on, f"此前另有{len(left)}条记录，逐条见附表五和证据包"))
    return (*shown, *(_done(event_id, event) for event_id, event in _named(events) if event.move in _TOLD))


def _happened(told: Described, item: Suspicion, record: Record) -> str:
    """Return one record as a sentence: whose, what, how much, for what, which paper."""
    wording = told.wording
    whose = wording.name(record.person, record.person_name)
    money = f"{yuan(record.amount_fen)}元" if record.amount_fen else ""
    fee = f"{fee_name(record.fee)}{f'{record.fee_year}年' if record.fee_year else ''}" if record.fee else ""
    hand = wording.collector(item.county, record.collector)
    parts = [
        f"{whose}{_ACTS.get(record.type, type_name(record.type))}{money}",
        fee, f"代收人 {hand}" if hand else "", f"收据{record.receipt}" if record.receipt else "", *record.notes,
    ]  # fmt: skip
    return "，".join(part for part in parts if part)


def _named(events: Events) -> list[tuple[str, SuspicionEvent]]:
    return [
        (f"{stream_of(suspicion.KIND, name)}@{version}", event)
        for name, own in events.items()
        for version, event in enumerate(own, start=1)
    ]


_TOLD = frozenset({
    "raise", "reopen", "issue", "answer", "accept", "return", "escalate", "sample", "uphold", "overturn", "correct",
    "close", "refer",
})  # fmt: skip
"""Moves that the chronology tells; the others change nothing for who reads a case."""


def _done(event_id: str, event: SuspicionEvent) -> Happened:
    at = event.envelope.recorded_at.astimezone(CHINA)
    name = event_id.rpartition("@")[0].rpartition(":")[2]
    extra = _extra(event)
    what = f"疑点 {name} {SUSPICION.moves[event.move].zh}{f'：{extra}' if extra else ''}"
    return Happened(at.date(), what, OWN, event_id, f"{at:%H:%M}")


def _extra(event: SuspicionEvent) -> str:
    match event:
        case SuspicionRaised():
            return f"筛查发现，{SEVERITIES[event.picture.severity]}，{yuan(event.picture.amount_fen)}元"
        case SuspicionIssued():
            return f"清单 {event.list_id} 第{event.item}条"
        case SuspicionAnswered():
            return _result(event.answer.result)
        case SuspicionReturned():
            return f"{event.due_on}前再次反馈" if event.due_on else ""
        case CheckUpheld() | CheckOverturned():
            return f"{_result(event.outcome)}（{event.spot_check}）"
        case MoneyCorrected():
            said = "账面见退还、补缴" if event.amount_fen >= 0 else "账面见退还、补缴又被冲销"
            return f"{said}{yuan(abs(event.amount_fen))}元"
        case SuspicionClosed():
            return _result(event.outcome)
        case SuspicionReferred():
            return event.referral
        case _:
            return ""


def _result(result: str | None) -> str:
    return RESULTS.get(result, result) if result else "未核查"


def said_of(cases: Cases, told: Described, events: Events, reveal: str) -> tuple[Said, ...]:
    """Return answers, reviews and checks; their words only with a reason to reveal them, which is recorded."""
    named = _named(events)
    answers = [
        answer_subject(event.list_id, event.item, _nth(event, events[_suspicion(event_id)]))
        for event_id, event in named
        if isinstance(event, SuspicionAnswered)
    ]
    words = answer_texts(cases, answers, reveal) if reveal else {}
    noted = [event_id for event_id, event in named if getattr(event, "note", None) is not None]
    remarks = notes(cases, noted, reveal) if reveal else {}
    found = []
    for event_id, event in named:
        if isinstance(event, SuspicionAnswered):
            subject = answer_subject(event.list_id, event.item, _nth(event, events[_suspicion(event_id)]))
            place = told.place(told.seen[_suspicion(event_id)].item.township)
            found.append(_answered(event, government_of(place), words.get(subject, {}), revealed=bool(reveal)))
        elif event.move in _REVIEWS:
            hidden = SEALED if event_id in noted and not reveal else ""
            found.append(_reviewed(event, remarks.get(event_id, hidden)))
    return tuple(found)


_REVIEWS = {
    "accept": "复核", "return": "复核", "escalate": "复核", "uphold": "抽查", "overturn": "抽查", "close": "办结",
}  # fmt: skip


def _suspicion(event_id: str) -> str:
    return event_id.rpartition("@")[0].rpartition(":")[2]


def _nth(event: SuspicionAnswered, own: list[SuspicionEvent]) -> int:
    """Return the answer's number among all answers to its suspicion, from 1."""
    answered = [each for each in own if isinstance(each, SuspicionAnswered)]
    return next(n for n, each in enumerate(answered, start=1) if each is event)


def _answered(event: SuspicionAnswered, who: str, words: Mapping[str, str], *, revealed: bool) -> Said:
    answer = event.answer
    checkers = words.get(CHECKERS, "")
    parts = [
        f"核查方式：{METHODS[answer.method]}" if answer.method else "",
        f"称退还、补缴{yuan(answer.repaid_fen)}元" if answer.repaid_fen else "",
        *(words.get(kind, "") for kind in ("statement", "measures", "responsible")),
        "" if revealed else SEALED,
    ]  # fmt: skip
    return Said(
        event.answered_on, f"{who}{f'（核查人 {checkers}）' if checkers else ''}", "自查反馈", _result(answer.result),
        "；".join(part for part in parts if part),
    )  # fmt: skip


def _reviewed(event: SuspicionEvent, note: str) -> Said:
    on = event.envelope.recorded_at.astimezone(CHINA).date()
    who = event.envelope.actor
    if isinstance(event, CheckUpheld | CheckOverturned):
        amount = f"（{yuan(event.amount_fen)}元）" if event.amount_fen else ""
        kept = "维持乡镇结论" if isinstance(event, CheckUpheld) else "推翻乡镇结论"
        return Said(event.checked_on, WORKING_GROUP, "抽查", _result(event.outcome), f"{kept}{amount}{note}")
    if isinstance(event, SuspicionClosed):
        return Said(on, "、".join(name for name in (who, event.second) if name), "办结", _result(event.outcome), note)
    words = SUSPICION.moves[event.move].zh
    return Said(on, who, _REVIEWS[event.move], words, note)
