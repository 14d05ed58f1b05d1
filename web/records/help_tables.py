"""Tables of the help that the program itself gives: states with what may follow, and kinds with their words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from domain.cases.moves import REFERRAL, SPOT_CHECK, SUSPICION, SUSPICION_LIST, Moves
from web.cases.labels import LABELS

STATES: dict[str, Moves] = {
    "suspicion": SUSPICION, "suspicion-list": SUSPICION_LIST, "spot-check": SPOT_CHECK, "referral": REFERRAL,
}  # fmt: skip
_MARK = re.compile(r"^\[\[(states|labels):([a-z-]+)\]\]$", re.MULTILINE)


def filled(text: str, code: str) -> str:
    """Return a text of the help with its tables in the place of their marks; KeyError where there is none so called."""
    place = 0 if code == "zh" else 1

    def table(match: re.Match[str]) -> str:
        kind, name = match.groups()
        return _states(STATES[name], place) if kind == "states" else _labels(name, place)

    return _MARK.sub(table, text)


def _states(moves: Moves, place: int) -> str:
    heads = (("状态", "然后可以"), ("State", "What may follow"))[place]
    joined = ("、", ", ")[place]
    called = {name: (move.zh, move.en)[place] for name, move in moves.moves.items()}
    follow = {state: joined.join(called[name] for name in moves.possible(state)) for state in moves.states}
    return _table(heads, ((words[place], follow[state]) for state, words in moves.states.items()))


def _labels(kind: str, place: int) -> str:
    heads = (("名称", "代码"), ("Name", "Code"))[place]
    return _table(heads, ((words[place], f"`{value}`") for value, words in LABELS[kind].items()))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
