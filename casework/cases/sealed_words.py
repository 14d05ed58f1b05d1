"""Which words the ledger says are sealed: under the name of an answer or of an event, by the token of what was said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from casework.cases.texts import TEXT, plain
from domain.cases import referral, rule, spot_check, suspicion, suspicion_list
from domain.cases.suspicion import SuspicionAnswered
from ledger.home import Home
from ledger.log import Ledger, Recorded
from ledger.tokens import Tokens

NAME = "name"
"""Kind under which both names of who checked are sealed."""
CHANGED = "（保险库中的原文与账本所记不符）"
"""In the place of words whose token is none that the ledger has for them."""
_KINDS = (suspicion.KIND, suspicion_list.KIND, spot_check.KIND, referral.KIND, rule.KIND)
_NOTED = ("note", "reason")


class Word(NamedTuple):
    """One sealed text, as an event names it."""

    subject: str
    """As the vault calls it."""
    kind: str
    token: str


def answer_subject(list_id: str, item: int, n: int) -> str:
    """Return under which name the words of an item's n-th answer are sealed."""
    return f"answer:{list_id}:{item}:{n}"


def words_of(ledger: Ledger, rows: Iterable[Recorded]) -> Iterator[Word]:
    """Yield the words that the events of whole streams name; the rows of a stream stand together, by version."""
    stream, answers = "", 0
    for row in rows:
        if row.stream != stream:
            stream, answers = row.stream, 0
        event = ledger.event(row)
        if isinstance(event, SuspicionAnswered):
            answers += 1
            yield from _answered(event, answers)
            continue
        for field in _NOTED:
            token = getattr(event, field, None)
            if isinstance(token, str) and token:
                yield Word(f"note:{row.stream}@{row.version}", TEXT, token)


def all_words(ledger: Ledger) -> Iterator[Word]:
    """Yield the words that all cases name."""
    for kind in _KINDS:
        yield from words_of(ledger, sorted(ledger.of_type(kind), key=lambda row: (row.stream, row.version)))


def _answered(event: SuspicionAnswered, n: int) -> Iterator[Word]:
    answer, subject = event.answer, answer_subject(event.list_id, event.item, n)
    said = (
        (NAME, answer.checker), (NAME, answer.second_checker), ("statement", answer.statement),
        ("measures", answer.measures), ("responsible", answer.responsible), ("attachments", answer.attachments_said),
    )  # fmt: skip
    yield from (Word(subject, kind, token) for kind, token in said if token)


def token_of(tokens: Tokens, kind: str, text: str) -> str:
    """Return the token of sealed words."""
    return tokens.name(text) if kind == NAME else tokens.text(plain(text))


def said_in(home: Home, words: Iterable[Word], kind: str, values: Sequence[str]) -> list[str]:
    """Return which of the values that stand under a name the ledger means, in the order of its words.

    Others may stand there: of somebody whose event came too late, or of who exchanged what was said. CHANGED where none
    is the one.
    """
    by_token = {token_of(home.tokens, kind, value): value for value in values}
    return [by_token.get(word.token, CHANGED) for word in words if word.kind == kind]
