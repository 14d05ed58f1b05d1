"""Sentences of a template put into it when it is read: a page of a language does not look each of them up again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import escape

SAY = "_"
_CALLED = ("variable_begin", "name", "lparen", "string", "rparen", "variable_end")


class Spoken(Extension):
    """Turns {{ _("sentence") }} into escaped words in the environment's language; what takes values stays a call."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Return the tokens of a template with its sentences as text."""
        say = self.environment.globals[SAY]
        if not callable(say):
            raise TypeError(SAY)
        held: list[Token] = []
        for token in stream:
            held.append(token)
            if token.type != _CALLED[len(held) - 1] or (token.type == "name" and token.value != SAY):
                yield from self._given_back(held)
            elif len(held) == len(_CALLED):
                yield Token(token.lineno, "data", str(escape(say(held[3].value))))
                held.clear()
        yield from held

    @staticmethod
    def _given_back(held: list[Token]) -> Iterator[Token]:
        """Yield tokens that are no such sentence; the last of them may begin one."""
        last = held.pop()
        yield from held
        held.clear()
        if last.type == _CALLED[0]:
            held.append(last)
        else:
            yield last
