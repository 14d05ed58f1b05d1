"""The whole history of a suspicion, event by event, as it is told; sealed notes only with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from casework.cases.letterhead import OFFICES
from casework.cases.noted import notes
from casework.cases.store import Cases, stream_of
from casework.papers.self_check import RESULTS
from casework.workbook.labels import SEVERITIES, category_name
from domain.cases import suspicion
from domain.cases.answer import Answer
from domain.cases.moves import SUSPICION
from domain.cases.suspicion import MoneyCorrected, Picture, SuspicionChanged, SuspicionEvent
from domain.money import yuan
from intake.parsing import CHINA


class Told(msgspec.Struct, frozen=True):
    """One event as it is told."""

    event_id: str
    at: datetime
    actor: str
    move: str
    zh: str
    en: str
    told_zh: str
    """What it says beyond the move: the list, the result, the amount."""
    told_en: str
    note: str
    """Its sealed words, where they were asked for."""


class _Words(NamedTuple):
    zh: str
    en: str


_NAMED = {
    "list_id": _Words("清单 {}", "list {}"),
    "outcome": _Words("结论：{}", "outcome: {}"),
    "closing_as": _Words("结论：{}", "outcome: {}"),
    "second": _Words("另一人：{}", "the other person: {}"),
    "to": _Words("对象：{}", "to {}"),
    "addressee": _Words("推送给：{}", "goes to {}"),
    "spot_check": _Words("抽查 {}", "spot check {}"),
    "referral": _Words("移送 {}", "referral {}"),
    "until": _Words("到 {} 为止", "until {}"),
    "due_on": _Words("{} 前再次反馈", "to be answered again by {}"),
}
"""Field of an event to what is said of its value."""
_PLACES = frozenset({"to", "addressee"})
_ADDRESSEES = {"township": "乡（镇）", **OFFICES}


def history(
    cases: Cases, identifier: str, reason: str = "", place: Callable[[str], str] = str
) -> list[Told]:
    """Return the events of a suspicion in their order; with a reason its sealed notes too, which is recorded.

    `place`: the name of a township's code.
    """
    stream = stream_of(suspicion.KIND, identifier)
    events = [event for event in cases.events(suspicion.KIND, identifier) if isinstance(event, SuspicionEvent)]
    ids = [f"{stream}@{version}" for version in range(1, len(events) + 1)]
    sealed = notes(cases, ids, reason) if reason else {}
    return [_told(each, event, sealed.get(each, ""), place) for each, event in zip(ids, events, strict=True)]


def _told(event_id: str, event: SuspicionEvent, note: str, place: Callable[[str], str]) -> Told:
    move = SUSPICION.moves[event.move]
    at = event.envelope.recorded_at.astimezone(CHINA)
    facts = list(_facts(event, place))
    zh, en = "；".join(fact.zh for fact in facts), "; ".join(fact.en for fact in facts)
    return Told(event_id, at, event.envelope.actor, event.move, move.zh, move.en, zh, en, note)


def _facts(event: SuspicionEvent, place: Callable[[str], str]) -> Iterator[_Words]:
    """Yield what of an event a reader of the history wants to know."""
    for name, words in _NAMED.items():
        value = getattr(event, name, None)
        if isinstance(event, SuspicionChanged) and name == "to":
            yield _Words(f"以疑点 {value} 继续", f"goes on as suspicion {value}")
        elif value is not None:
            zh, en = _value(name, str(value), place)
            yield _Words(words.zh.format(zh), words.en.format(en))
    picture, answer = getattr(event, "picture", None), getattr(event, "answer", None)
    if isinstance(picture, Picture):
        amount, severity = yuan(picture.amount_fen), picture.severity
        yield _Words(f"风险等级{SEVERITIES.get(severity, severity)}，涉及 {amount} 元", f"{severity}, {amount} yuan")
    if isinstance(answer, Answer):
        result = answer.result or ""
        yield _Words(RESULTS.get(result, "未核查"), result or "not checked")
    if isinstance(event, MoneyCorrected):
        amount = yuan(abs(event.amount_fen))
        came = _Words(f"到账 {amount} 元", f"{amount} yuan came in")
        yield came if event.amount_fen >= 0 else _Words(f"到账又被冲销 {amount} 元", f"{amount} yuan were undone again")
    if isinstance(event, SuspicionChanged):
        yield _Words(f"改列为{category_name(event.category)}", f"as {event.category.replace('-', ' ')}")


def _value(name: str, value: str, place: Callable[[str], str]) -> _Words:
    """Return a value in both languages; what is an id is the same in both."""
    if name in _PLACES:
        known = value in _ADDRESSEES
        return _Words(_ADDRESSEES[value], value.replace("-", " ")) if known else _Words(place(value), place(value))
    return _Words(RESULTS.get(value, value), value)
