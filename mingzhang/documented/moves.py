"""docs/generated/moves.md: the states of every kind of case and the moves between them."""

from __future__ import annotations

from domain.cases.moves import ALL, NONE, Moves
from mingzhang.documented.markdown import code, table
from mingzhang.documented.markdown import page as page_of

_INTRO = """案件的状态不存，由事件推出；表里没有的动作一律拒绝，并说明现在可以做什么。
A case's state is kept nowhere: it follows from its events. What these tables do not have is refused, and the refusal
says what is possible now."""


def page() -> str:
    """Return the page."""
    return page_of("案件的状态与动作 / States and moves of cases", _INTRO, *map(_section, ALL))


def _section(moves: Moves) -> str:
    states = [(code(name), *words) for name, words in moves.states.items()]
    rows = [
        (
            code(name),
            move.zh,
            "、".join(code(source) if source != NONE else "（无）" for source in _ordered(moves, move.sources)),
            code(move.target) if move.target else "（不变 unchanged）",
        )
        for name, move in moves.moves.items()
    ]
    return "\n\n".join(
        [
            f"## {moves.zh} / {moves.en.capitalize()}",
            table(("状态 state", "中文", "English"), states),
            table(("动作 move", "中文", "从 from", "到 to"), rows),
        ]
    )


def _ordered(moves: Moves, sources: frozenset[str]) -> list[str]:
    return [state for state in (NONE, *moves.states) if state in sources]
