"""Stored bytes back into events: by topic, whatever module the class has moved to."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path

import msgspec
from eventsourcing.utils import TopicError, resolve_topic

from domain.errors import Broken

EVENT_MODULES = (
    "domain.contract", "domain.intake", "domain.policy", "domain.cases.screening", "domain.cases.outcome",
    "domain.cases.model", "domain.cases.evidence", "domain.cases.access", "domain.cases.person",
    "domain.cases.user",
    "domain.cases.suspicion", "domain.cases.suspicion_list", "domain.cases.spot_check", "domain.cases.referral",
    "domain.cases.rule", "domain.cases.backtest", "domain.register",
)  # fmt: skip
"""Modules whose import registers the topics of events; a new family of events adds its own."""

TOPICS_FILE = Path(__file__).with_name("topics.txt")
"""Every topic that was ever stored, one a line; lines are added, never removed."""

TOPIC = re.compile(r"[a-z][a-z0-9-]*\.[A-Z][A-Za-z0-9]*\.v[1-9][0-9]*")
"""What a topic looks like: payment.Recorded.v1, and never a module path."""


@cache
def class_of(topic: str) -> type[object]:
    """Return the class that is registered for a topic; Broken where none is."""
    for module in EVENT_MODULES:
        import_module(module)
    try:
        found: object = resolve_topic(topic) if TOPIC.fullmatch(topic) else None
    except TopicError:
        found = None
    if not isinstance(found, type):
        raise Broken(
            f"账本中有本版本不认识的事件类型 {topic!r}：请使用写入它的版本或更新的版本",
            f"the ledger holds events of a topic that this version does not know, {topic!r}: "
            "use the version that wrote it, or a newer one",
        )
    return found


@cache
def decoder_of(topic: str) -> msgspec.json.Decoder[object]:
    """Return the one decoder of a topic; Broken where the topic is unknown."""
    return msgspec.json.Decoder(class_of(topic))


def decode(topic: str, state: bytes) -> object:
    """Return the event of a whole state: a domain.fact.Fact, or the event of a case; Broken where it cannot be read."""
    decoder = decoder_of(topic)
    try:
        return decoder.decode(state)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise unreadable(topic, error) from error


def unreadable(topic: str, error: Exception) -> Broken:
    """Return the error for a stored state that its topic's class does not read."""
    return Broken(
        f"事件 {topic} 的内容无法读取（{error}）：请运行 mingzhang verify 核对账本",
        f"an event of topic {topic} cannot be read ({error}): run mingzhang verify on the ledger",
    )


def listed_topics() -> tuple[str, ...]:
    """Return the topics of topics.txt, in the order of the file."""
    return tuple(line for line in TOPICS_FILE.read_text(encoding="ascii").splitlines() if line)
