"""The frame: what may be drawn, in the one form of bytes over which its hash is taken."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from domain.errors import Malformed

_FIRST = ("id", "amount_fen")
_SHOWN = 3
"""Ids that an error names."""


class Item(msgspec.Struct, frozen=True):
    """One thing that may be drawn: an answered suspicion, or a payer of a roster."""

    id: str
    amount_fen: int
    """Money at risk, 0 or more."""
    labels: tuple[str, ...] = ()
    """Values of the frame's labels: township, what was answered and the like; '' where there is none."""


class Frame(msgspec.Struct, frozen=True):
    """All items, by id; make one with `frame_of` or `read_frame` only."""

    labels: tuple[str, ...]
    """Names of the items' labels."""
    items: tuple[Item, ...]

    @property
    def amount_fen(self) -> int:
        """The money at risk of all items together."""
        return sum(item.amount_fen for item in self.items)

    @property
    def content(self) -> bytes:
        """The frame file: UTF-8, a heading and one line per item by id, columns parted by tabs, lines ended by LF."""
        rows = [(*_FIRST, *self.labels), *((item.id, str(item.amount_fen), *item.labels) for item in self.items)]
        return "".join("\t".join(row) + "\n" for row in rows).encode()

    @property
    def sha256(self) -> str:
        """The hash of the frame file, in small hexadecimal digits."""
        return sha256(self.content).hexdigest()


def frame_of(items: Iterable[Item], labels: Sequence[str] = ()) -> Frame:
    """Return the frame of items in any order.

    Malformed: no item, an id twice or empty, an amount below 0, labels too many or too few, or a control character.
    """
    frame = Frame(tuple(labels), tuple(sorted(items, key=lambda item: item.id)))
    _check(frame)
    return frame


def read_frame(content: bytes) -> Frame:
    """Return the frame of a frame file; Malformed where the bytes are not what `Frame.content` writes."""
    try:
        heading, *lines = content.decode().removesuffix("\n").split("\n")
        rows = [line.split("\t") for line in lines]
        frame = frame_of((Item(row[0], int(row[1]), tuple(row[2:])) for row in rows), heading.split("\t")[2:])
    except (UnicodeDecodeError, ValueError, IndexError) as error:
        raise _not_a_frame() from error
    if frame.content != content:
        raise _not_a_frame()
    return frame


def _not_a_frame() -> Malformed:
    return Malformed(
        "不是抽样框文件，或者保存时被改动；应为原样的 UTF-8 制表符分隔文件，首行 id、amount_fen，按 id 排序",
        "not a frame file, or changed when it was saved; expected the file as it was made: UTF-8, tabs, LF, "
        "a heading that begins with id and amount_fen, lines by id",
    )


def _check(frame: Frame) -> None:
    if not frame.items:
        raise Malformed("抽样框是空的，没有可抽的项目", "the frame is empty; there is nothing to draw from")
    twice = [key for key, count in Counter(item.id for item in frame.items).items() if count > 1]
    if twice:
        raise _bad("编号重复", "ids that stand more than once", twice)
    wrong = [item.id for item in frame.items if item.amount_fen < 0]
    if wrong:
        raise _bad("金额小于零", "items with an amount below 0", wrong)
    uneven = [item.id for item in frame.items if len(item.labels) != len(frame.labels)]
    if uneven:
        raise _bad(f"标签应为 {len(frame.labels)} 个", f"items that do not have {len(frame.labels)} labels", uneven)
    if len(set(frame.labels)) < len(frame.labels):
        raise _bad("标签名称重复", "label names that stand more than once", frame.labels)
    texts = [*frame.labels, *(text for item in frame.items for text in (item.id, *item.labels))]
    control = {one for one in set().union(*texts) if unicodedata.category(one) in {"Cc", "Zl", "Zp", "Cs"}}
    unclean = [text for text in texts if control.intersection(text)] if control else []
    if unclean or not all(item.id for item in frame.items) or not all(frame.labels):
        raise _bad(
            "编号为空，或文字中有制表符、换行等控制字符", "an empty id, or a tab, line break or the like", unclean
        )


def _bad(zh: str, en: str, which: Sequence[str]) -> Malformed:
    some = "、".join(repr(one) for one in which[:_SHOWN])
    return Malformed(f"抽样框有误：{zh}（{len(which)} 个：{some}）", f"bad frame: {en} ({len(which)}: {some})")
