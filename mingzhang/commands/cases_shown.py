"""How one suspicion is shown on the terminal and in JSON: to a township or office as its pages show it."""

from __future__ import annotations

import msgspec

from casework.cases.below import MOVES_TOLD, known_to, pictured_below, told_below
from casework.cases.history import Told, history
from casework.cases.store import Cases
from domain.cases.moves import SUSPICION
from domain.cases.permission import Actor
from domain.cases.suspicion_state import SuspicionState
from domain.errors import NotFound, Refused
from domain.money import yuan


class ShownBelow(msgspec.Struct, frozen=True):
    """A suspicion as a township or office is told it."""

    suspicion_id: str
    category: str
    severity: str
    amount: str
    """Yuan."""
    state: str
    list_id: str | None
    item: int | None
    result: str | None
    corrected: str
    """Yuan, from facts."""


class Shown(msgspec.Struct, frozen=True):
    """A suspicion with its history, as who asks is told it."""

    state: SuspicionState | ShownBelow
    history: list[Told]


def shown(cases: Cases, actor: Actor, identifier: str, notes: str) -> Shown:
    """Return a suspicion as somebody may see it; `notes`: why sealed notes are shown too, "" for none.

    NotFound, in the same words where there is none and where it is not theirs; Refused: notes for a township or office.
    """
    state = cases.suspicion(identifier)
    if not known_to(actor, state):
        raise NotFound(f"没有疑点 {identifier}", f"there is no suspicion {identifier}")
    if not actor.bound:
        return Shown(state, history(cases, identifier, notes))
    if notes:
        raise Refused(
            "封存的办理说明只给办案的人看；退回的理由见网页“填写反馈”",
            "sealed notes are for those who decide cases; why an answer came back stands on its page",
        )
    told = [each for each in history(cases, identifier, "") if each.move in MOVES_TOLD]
    return Shown(_below(pictured_below(state)), told)


def lines_of(found: Shown) -> list[str]:
    """Return it as lines of text."""
    state = found.state
    below = state if isinstance(state, ShownBelow) else _below(state)
    cells = (below.suspicion_id, below.category, below.severity, below.amount, SUSPICION.states[state.state][0])
    return ["\t".join(cells), *map(_line, found.history)]


def _line(each: Told) -> str:
    said = "；".join(filter(None, (each.told_zh, each.note)))
    return f"{each.at:%Y-%m-%d %H:%M}\t{each.actor}\t{each.zh}\t{said}".rstrip()


def _below(state: SuspicionState) -> ShownBelow:
    result = state.answer.result if state.answer is not None else None
    return ShownBelow(
        state.suspicion_id, state.category, state.standing.severity, yuan(state.standing.amount_fen),
        told_below(state), state.list_id, state.item, result, yuan(state.corrected_fen),
    )  # fmt: skip
