"""A round: what several polls gave and is taken in and committed together."""

from __future__ import annotations

import time
from collections.abc import Mapping

from consumers.client import Place
from intake.reading.jsonlines import LINE_BYTES
from intake.reading.messages import Message

ROUND, ROUND_BYTES = 40_000, LINE_BYTES
"""Messages, and their bytes, from which nothing more is polled before all of it is taken in and committed."""
Polled = Mapping[Place, list[Message]]
"""What a poll gave: of each partition one message or more, by offset."""


class Round:
    """How much was polled, and from where on it would be given out again."""

    def __init__(self) -> None:
        self.count = 0
        """Messages that may be taken in."""
        self.began = time.monotonic()
        self.first: dict[Place, int] = {}
        """Partition to the first offset that was polled."""
        self._next: dict[Place, int] = {}
        self._bytes = 0

    def polled(self, found: Polled) -> None:
        """Note what was polled; an offset that was passed before begins anew: the group, or the topic, is another."""
        if not self.first:
            self.began = time.monotonic()
        for place, offset in begins(found).items():
            if offset < self._next.get(place, offset + 1):
                self.first[place] = offset
            self._next[place] = found[place][-1].offset + 1

    def due(self, batch: Polled) -> None:
        """Note what may be taken in of it."""
        self.count += sum(map(len, batch.values()))
        self._bytes += sum(len(message.value or b"") for messages in batch.values() for message in messages)

    def is_full(self) -> bool:
        """Say whether nothing more is to be polled."""
        return self.count >= ROUND or self._bytes >= ROUND_BYTES


def begins(found: Polled) -> dict[Place, int]:
    """Return the first offset of each partition."""
    return {place: messages[0].offset for place, messages in found.items() if messages}
