"""What a verification can find: each difference says where it is and shows both sides."""

from __future__ import annotations

from domain.errors import Broken, MingzhangError
from ledger.merkle.entries import event_of
from ledger.merkle.hashing import leaf_hash
from ledger.rows import Recorded


class Difference(Broken):
    """Something is not what was sealed; the first one found."""

    def __init__(self, kind: str, zh: str, en: str, *, first: int, last: int, evidence: tuple[str, ...] = ()) -> None:
        super().__init__(zh, en)
        self.kind = kind
        self.first = first
        self.last = last
        """Positions between which the difference lies."""
        self.evidence = evidence
        """Both sides, a line each."""


def changed(position: int, sealed: bytes | None, found: bytes | None) -> Difference:
    """Return the difference of an event that is not the one that was sealed, or is missing on one side."""
    return Difference(
        "event",
        f"第 {position} 号事件与封存时不同：{_named(found)}，封存的是{_named(sealed)}",
        f"event {position} is not what was sealed: {_named(found)}; sealed was {_named(sealed)}",
        first=position,
        last=position,
        evidence=(_shown("sealed", sealed), _shown("found", found)),
    )


def _named(entry: bytes | None) -> str:
    event = event_of(entry) if entry is not None else None
    return f"{event.stream}@{event.version}" if event is not None else "（无 none）"


def _shown(side: str, entry: bytes | None) -> str:
    if entry is None:
        return f"{side}: -"
    return f"{side}: {leaf_hash(entry).hex()} {entry!r}"


def content_changed(event: Recorded, error: Exception) -> Difference:
    """Return the difference of a content that is not the one which its event names, or is missing."""
    zh, en = (error.zh, error.en) if isinstance(error, MingzhangError) else (str(error), str(error))
    return Difference(
        "content",
        f"第 {event.position} 号事件 {event.stream}@{event.version} 所记的内容不符：{zh}",
        f"what event {event.position}, {event.stream}@{event.version}, names is not what it was: {en}",
        first=event.position,
        last=event.position,
    )


def tile_changed(name: str, first: int, last: int) -> Difference:
    """Return the difference of a hash tile that does not follow from the events."""
    return Difference(
        "tile",
        f"摘要文件 {name} 与第 {first} 至 {last} 号事件重新计算的结果不符",
        f"the tile {name} is not what events {first} to {last} give",
        first=first,
        last=last,
    )


def file_missing(name: str, first: int, last: int) -> Difference:
    """Return the difference of a log that lacks one of its files."""
    return Difference(
        "file",
        f"日志缺少第 {first} 至 {last} 号事件的文件 {name}",
        f"the log lacks {name}, of events {first} to {last}",
        first=first,
        last=last,
    )


def cut_off(found: int, expected: int, by: str) -> Difference:
    """Return the difference of a ledger with fewer events than a checkpoint covers."""
    return Difference(
        "cut-off",
        f"账本只有 {found} 条事件，而检查点 {by} 证明曾有 {expected} 条：第 {found + 1} 号以后被删去",
        f"the ledger has {found} events, but the checkpoint {by} proves {expected}: those after {found} were removed",
        first=found + 1,
        last=expected,
    )


def rewritten(by: str, size: int, agreed: int, expected: bytes, found: bytes) -> Difference:
    """Return the difference of a checkpoint whose root is not that of the events which it covers."""
    return Difference(
        "root",
        f"第 {agreed + 1} 至 {size} 号之间有事件被改动、插入、删除或调换：检查点 {by} 的根摘要与现有事件不符",
        f"between events {agreed + 1} and {size} something was changed, inserted, removed or swapped: "
        f"the root of the checkpoint {by} is not that of the events",
        first=agreed + 1,
        last=size,
        evidence=(f"checkpoint: {expected.hex()}", f"events: {found.hex()}"),
    )


def forked(one: str, other: str, agreed: int, size: int) -> Difference:
    """Return the difference of two valid checkpoints of one size: two readers were shown different logs."""
    return Difference(
        "fork",
        f"检查点 {one} 与 {other} 都有有效签名、同为 {size} 条，根摘要却不同：同一日志给出了两个版本，"
        f"分歧在第 {agreed + 1} 至 {size} 号之间",
        f"the checkpoints {one} and {other} are both signed, both of size {size}, and have different roots: "
        f"the log was forked between events {agreed + 1} and {size}",
        first=agreed + 1,
        last=size,
    )
