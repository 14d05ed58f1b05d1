"""The named steps of a query: its common table expressions, each with the comment that says what its rows are."""

from __future__ import annotations

import msgspec
import sqlglot
from sqlglot.tokenizer_core import Token, TokenType


class NamedStep(msgspec.Struct, frozen=True):
    """One CTE; `upto` is the text from WITH to its end, so that `upto + SELECT ... FROM name` runs it."""

    name: str
    comment: str
    line: int
    upto: str


def steps_of(sql: str) -> tuple[NamedStep, ...]:
    """Return the CTEs of a query in order; none where it does not begin with WITH. Errors: TokenError of sqlglot."""
    tokens = sqlglot.tokenize(sql, read="duckdb")
    if not tokens or tokens[0].token_type != TokenType.WITH:
        return ()
    steps: list[NamedStep] = []
    place = 2 if tokens[1].token_type == TokenType.RECURSIVE else 1
    while place < len(tokens):
        name = tokens[place]
        opening = _opening_of_body(tokens, place)
        end = _end_of_body(tokens, opening)
        comment = " ".join(part.strip() for part in _comments(tokens, place, opening))
        line = sql.count("\n", 0, name.start) + 1
        steps.append(NamedStep(name.text, comment, line, sql[tokens[0].start : tokens[end].end + 1]))
        if end + 1 >= len(tokens) or tokens[end + 1].token_type != TokenType.COMMA:
            break
        place = end + 2
    return tuple(steps)


def _comments(tokens: list[Token], place: int, opening: int) -> list[str]:
    """Return what stands before the name (after the comma too) and at the opening of the body."""
    before = tokens[place - 1].comments if tokens[place - 1].token_type == TokenType.COMMA else []
    return [*before, *(comment for token in tokens[place : opening + 1] for comment in token.comments)]


def _opening_of_body(tokens: list[Token], place: int) -> int:
    """Return the place of the parenthesis that opens the body: the first one after AS."""
    while tokens[place].token_type != TokenType.ALIAS:
        place += 1
    while tokens[place].token_type != TokenType.L_PAREN:
        place += 1
    return place


def _end_of_body(tokens: list[Token], opening: int) -> int:
    """Return the place of the parenthesis that closes the one that opens the body; the last token where none does."""
    depth = 0
    for place in range(opening, len(tokens)):
        if tokens[place].token_type == TokenType.L_PAREN:
            depth += 1
        elif tokens[place].token_type == TokenType.R_PAREN:
            depth -= 1
            if depth == 0:
                return place
    return len(tokens) - 1
