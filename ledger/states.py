"""States too large for a log entry: the row holds the hash and the size, HOME/objects the content."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import itemgetter

import msgspec

from domain.errors import Broken, Malformed
from ledger.objects import Objects
from ledger.rows import StoredRow

ENTRY_LIMIT = 65_535
"""Bytes of an entry: header and state (contracts/outputs.md)."""
_MARGIN = 64
"""More than the two numbers and four line ends of a header can take."""
_STAND_IN = re.compile(rb'\{"sha256":"([0-9a-f]{64})","bytes":([0-9]+)\}')
_CONTROL = bytes([*range(0x20), 0x7F])
_CONTROL_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def header(position: int, stream: str, version: int, topic: str) -> bytes:
    """Return what stands before the state in the entry of an event."""
    return f"{position}\n{stream}\n{version}\n{topic}\n".encode()


def stand_in(state: bytes, objects: Objects) -> bytes:
    """Store a state as an object and return what stands for it in the row."""
    return msgspec.json.encode({"sha256": objects.put(state), "bytes": len(state)})


def stands_in(state: bytes) -> bool:
    """Say whether a stored state only names its content."""
    return state.startswith(b'{"sha256":"') and _STAND_IN.fullmatch(state) is not None


def content_of_state(state: bytes, objects: Objects) -> bytes:
    """Return the content of a stored state, itself or the object that it names; Broken where that is not whole."""
    match = _STAND_IN.fullmatch(state)
    if match is None:
        return state
    content = objects.get(match[1].decode())
    if len(content) != int(match[2]):
        raise Broken(
            f"内容 {match[1].decode()} 的长度为 {len(content)} 字节，账本记载为 {int(match[2])} 字节",
            f"the content {match[1].decode()} has {len(content)} bytes, the ledger says {int(match[2])}",
        )
    return content


def fitted(rows: Sequence[StoredRow], first: int, objects: Objects) -> Sequence[StoredRow]:
    """Return the rows, `first` being the position of the first, with every state that is too large put into objects."""
    topics = set(map(itemgetter(2), rows))
    longest = max(map(len, map(itemgetter(3), rows))) + 4 * (
        max(map(len, map(itemgetter(0), rows))) + max(map(len, topics))
    )
    if longest + _MARGIN <= ENTRY_LIMIT:
        return rows
    return [
        row
        if len(header(position, *row[:3])) + len(row.state) <= ENTRY_LIMIT
        else row._replace(state=stand_in(row.state, objects))
        for position, row in enumerate(rows, first)
    ]


def check_names(rows: Sequence[StoredRow]) -> None:
    """Malformed where a stream or topic cannot stand in an entry: it is empty or has control characters."""
    for column, zh, en in ((0, "事件流编号", "stream"), (2, "事件类型", "topic")):
        names = list(map(itemgetter(column), rows)) if column == 0 else list(set(map(itemgetter(column), rows)))
        joined = "".join(names)
        raw = joined.encode(errors="surrogatepass")
        clean = all(names) and len(raw.translate(None, _CONTROL)) == len(raw)
        if clean and (joined.isascii() or not _unwritable(joined)):
            continue
        bad = next(name for name in names if not name or _unwritable(name))
        raise Malformed(
            f"{zh}不能为空，也不能含控制字符：{bad!r}",
            f"a {en} is not empty and has no control characters: {bad!r}",
        )


def _unwritable(text: str) -> bool:
    return bool(_CONTROL_TEXT.search(text)) or any("\ud800" <= character <= "\udfff" for character in text)
