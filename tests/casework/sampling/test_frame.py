"""The frame file: one form whatever the order, read back as written, refused where it was changed."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.sampling.frame import Item, frame_of, read_frame
from domain.errors import Malformed
from tests.casework.sampling.made_up import answers

TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=8)
ITEMS = st.lists(
    st.builds(Item, TEXTS.filter(bool), st.integers(0, 10**12), st.tuples(TEXTS, TEXTS)),
    min_size=1, max_size=12, unique_by=lambda item: item.id,
)  # fmt: skip


@given(ITEMS)
def test_any_order_gives_the_same_bytes_and_they_read_back(items: list[Item]) -> None:
    frame = frame_of(items, ("township", "answered"))
    shuffled = sorted(items, key=lambda item: sha256(item.id.encode()).digest())
    assert frame_of(shuffled, ("township", "answered")).content == frame.content
    assert read_frame(frame.content) == frame
    assert frame.sha256 == sha256(frame.content).hexdigest()


def test_the_file_is_plain_text_by_the_bytes_of_the_ids() -> None:
    frame = frame_of(
        [Item("乙", 5, ("653123104",)), Item("a", 0, ("",)), Item("Z", 12_00, ("653123103",))], ["township"]
    )
    assert frame.content.decode() == "id\tamount_fen\ttownship\nZ\t1200\t653123103\na\t0\t\n乙\t5\t653123104\n"
    lines = frame.content.splitlines()[1:]
    assert lines == sorted(lines, key=lambda line: line.split(b"\t")[0])
    assert frame.amount_fen == 1205


@pytest.mark.parametrize(
    "items",
    [
        [],
        [Item("a", 1, ("t",)), Item("a", 2, ("t",))],
        [Item("", 1, ("t",))],
        [Item("a", -1, ("t",))],
        [Item("a", 1)],
        [Item("a\tb", 1, ("t",))],
        [Item("a", 1, ("t\nu",))],
        [Item("a\u2028", 1, ("t",))],
    ],
    ids=["empty", "twice", "no-id", "below-zero", "no-label", "tab", "line", "separator"],
)  # fmt: skip
def test_what_could_be_read_two_ways_is_no_frame(items: list[Item]) -> None:
    with pytest.raises(Malformed):
        frame_of(items, ["township"])


def test_a_label_that_stands_twice_is_no_frame() -> None:
    with pytest.raises(Malformed, match="township"):
        frame_of([Item("a", 1, ("t", "t"))], ["township", "township"])


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: b"\xef\xbb\xbf" + content,
        lambda content: content.removesuffix(b"\n"),
        lambda content: content + b"\n",
        lambda content: b"\n".join(reversed(content.splitlines())) + b"\n",
        lambda content: content.replace(b"\t1200\t", b"\t01200\t"),
        lambda content: content.replace(b"amount_fen", b"amount"),
        lambda content: content.replace(b"Z", b"\xff"),
        lambda content: content.replace(b"\t1200\t653123103", b""),
    ],
    ids=["crlf", "bom", "no-end", "blank", "reversed", "zero", "heading", "bytes", "short"],
)
def test_a_file_that_was_changed_by_a_program_is_refused(change: object) -> None:
    content = frame_of([Item("a", 0, ("",)), Item("Z", 1200, ("653123103",))], ["township"]).content
    assert callable(change)
    with pytest.raises(Malformed, match=r"not a frame|bad frame"):
        read_frame(change(content))


def test_a_hundred_thousand_items_are_one_file() -> None:
    frame = answers(100_000)
    assert read_frame(frame.content).sha256 == frame.sha256
