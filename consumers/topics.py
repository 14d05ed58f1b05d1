"""The topics of the streams: which are read, which record type each carries, and which are written."""

from __future__ import annotations

from domain.contract import RECORD_TYPES
from intake.registers import FIRST

GROUP = "mingzhang-consume"
"""The consumer group of every process that takes messages in; a stored name."""
PREFIX = "collection."
DEAD_LETTER = "collection.dead-letter"
"""Refused messages as they came; never read by this service."""
PATTERN = r"^collection\.(?!dead-letter$)"
LISTS = "suspicion-lists"
EVENTS = "suspicion-events"
CHECKPOINTS = "checkpoints"


def type_of(topic: str) -> str:
    """Return the record type that a topic carries; what follows the prefix, whether such a type exists or not."""
    return topic.removeprefix(PREFIX)


def is_read(topic: str) -> bool:
    """Say whether a topic belongs to those that are taken in."""
    return topic.startswith(PREFIX) and topic != DEAD_LETTER


def place_of(topic: str) -> int:
    """Return the place of a topic in the order in which one batch is taken in."""
    name = type_of(topic)
    return FIRST.index(name) if name in FIRST else len(FIRST) + (name not in RECORD_TYPES)
