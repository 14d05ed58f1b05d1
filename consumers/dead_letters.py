"""Refused messages sent to collection.dead-letter as they came, so that their sender can see and mend them."""

from __future__ import annotations

from collections.abc import Sequence

from consumers.refusing import DeadLetter
from consumers.sending import Outgoing, Sender
from consumers.topics import DEAD_LETTER


class DeadLetters:
    """Sends refused messages; at least once, since it happens after the quarantine has them and before the commit."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def send(self, letters: Sequence[DeadLetter]) -> None:
        """Send them, acknowledged when this returns; Unreachable.

        What the broker finds too large goes without its value, with the header `bytes`: the vault has it whole.
        """
        if not letters:
            return
        too_large = self._sender.send(map(_outgoing, letters))
        self._sender.send([_without_value(each) for each in too_large])

    def close(self) -> None:
        """Close the connection."""
        self._sender.close()


def _outgoing(letter: DeadLetter) -> Outgoing:
    key = f"{letter.topic}:{letter.partition}:{letter.offset}"
    return Outgoing(DEAD_LETTER, key, letter.value, (("type", letter.type), ("reason_en", letter.reason_en)))


def _without_value(message: Outgoing) -> Outgoing:
    size = ("bytes", str(len(message.value or b"")))
    return message._replace(value=None, headers=(*message.headers, size))
