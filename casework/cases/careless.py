"""How careless a list's answers look, from facts alone, with the reasons: for the reviewer to look at, no verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from domain.cases.answer import WRONG
from domain.cases.suspicion_state import SuspicionState

FEWEST_ITEMS = 3
"""Answers below which nothing is said of texts and methods; inclusive."""
ALL_CLEARED_FROM = 10
"""Answers from which clearing all of them counts, if a check overturned one: an honest small township clears all."""
SAME_SHARE = 0.5
QUICK_SECONDS = 30


class Signal(NamedTuple):
    """One reason."""

    kind: str
    n: int
    of: int
    zh: str
    en: str


def signals(states: Sequence[SuspicionState]) -> tuple[Signal, ...]:
    """Return what looks careless in the answers to a list's items; nothing where nothing does."""
    answered = [state for state in states if state.answer is not None]
    found = (
        _same_texts(answered),
        _contradicted(answered),
        _no_visit(answered),
        _all_cleared(answered),
        _in_seconds(answered),
        _overturned(answered),
    )
    return tuple(signal for signal in found if signal is not None)


def score(states: Sequence[SuspicionState]) -> int:
    """Return the number of signals: from two on a list deserves to be returned or sampled."""
    return len(signals(states))


def _same_texts(answered: Sequence[SuspicionState]) -> Signal | None:
    """Find one text given to several suspicions that rest on different records."""
    texts = Counter(state.answer.statement for state in answered if state.answer and state.answer.statement)
    if not texts:
        return None
    text, count = texts.most_common(1)[0]
    evidence = {state.standing.evidence for state in answered if state.answer and state.answer.statement == text}
    if count < FEWEST_ITEMS or count < SAME_SHARE * len(answered) or len(evidence) < FEWEST_ITEMS:
        return None
    return Signal(
        "same-text", count, len(answered), f"{count} 条证据不同的疑点，事实说明一字不差",
        f"{count} items with different evidence have the same statement",
    )  # fmt: skip


def _contradicted(answered: Sequence[SuspicionState]) -> Signal | None:
    """Find items that were cleared, though facts show money paid in or given back afterwards."""
    count = sum(state.outcome == "cleared" and state.corrected_fen > 0 for state in answered)
    return None if not count else Signal(
        "contradicted", count, len(answered), f"{count} 条答“不属实”，账上却有事后补缴、退还",
        f"{count} items were cleared though money was put right afterwards",
    )  # fmt: skip


def _no_visit(answered: Sequence[SuspicionState]) -> Signal | None:
    cash = [state for state in answered if state.category in {"pocketed-cash", "over-collection"}]
    visited = sum(state.answer is not None and state.answer.method == "visit" for state in cash)
    if len(cash) < FEWEST_ITEMS or visited:
        return None
    return Signal(
        "no-visit", len(cash), len(cash), f"{len(cash)} 条现金疑点没有一条入户",
        f"none of {len(cash)} cash items was checked by a visit",
    )  # fmt: skip


def _all_cleared(answered: Sequence[SuspicionState]) -> Signal | None:
    said = [state.answer.result for state in answered if state.answer is not None]
    overturned = any(state.state == "overturned" or (state.outcome in WRONG and state.sampled) for state in answered)
    if len(said) < ALL_CLEARED_FROM or set(said) != {"cleared"} or not overturned:
        return None
    return Signal(
        "all-cleared", len(said), len(said), f"{len(said)} 条全部答“不属实”，抽查推翻了其中的",
        f"all {len(said)} items were cleared, and a check overturned some",
    )  # fmt: skip


def _in_seconds(answered: Sequence[SuspicionState]) -> Signal | None:
    seconds = [state.seconds for state in answered if state.seconds is not None]
    if len(seconds) < FEWEST_ITEMS or median(seconds) > QUICK_SECONDS:
        return None
    return Signal(
        "in-seconds", len(seconds), len(answered), f"{len(seconds)} 条在页面上答复，中位用时 {median(seconds):g} 秒",
        f"{len(seconds)} items were answered in {median(seconds):g} seconds (median)",
    )  # fmt: skip


def _overturned(answered: Sequence[SuspicionState]) -> Signal | None:
    count = sum(state.state == "overturned" for state in answered)
    return None if not count else Signal(
        "overturned", count, len(answered), f"{count} 条被抽查推翻", f"{count} items were overturned by a spot check"
    )  # fmt: skip
