"""Checkpoints on paper: the line reads back, proves as much as the note, and a forged or foreign one is told apart."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Broken, Malformed
from ledger.merkle.checkpoint import Checkpoint, read_checkpoint
from ledger.merkle.given import older_checkpoints, read_key
from ledger.merkle.printed import Printed, is_printed, printed, read_printed
from tests.ledger.merkle.sealed import SIZES, Kept, attack, build, check


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return build(tmp_path_factory.mktemp("printed"))


def line_of(kept: Kept, size: int = SIZES[1]) -> Printed:
    return printed("653123103-2026-12", read_checkpoint((kept.checkpoints / f"{size:05d}").read_text(encoding="utf-8")))


@given(
    st.from_regex(r"[A-Za-z0-9._:/-]{1,64}", fullmatch=True),
    st.integers(0, 10**18),
    st.binary(min_size=32, max_size=32),
    st.binary(max_size=80),
)
def test_a_line_reads_back(paper: str, size: int, root: bytes, signature: bytes) -> None:
    one = Printed(paper, Checkpoint("mingzhang/0011", size, root), signature)
    assert read_printed(one.text()) == one
    assert read_printed(f"\ufeff {one.text()}\r\n".lstrip("\ufeff")) == one
    assert read_printed(one.unsigned()).checkpoint == one.checkpoint
    assert is_printed(one.text())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MZ1|",
        "MZ1|a|b|1",
        "MZ1|a|b|x|AAAA",
        "MZ1|a|b|01|" + "A" * 43 + "=",
        "MZ1|a|b|1|" + "A" * 43 + "=|?",
        "MZ2|a|b|1|x",
    ],
)
def test_what_is_no_such_line_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        read_printed(text)


def test_an_id_that_would_break_the_line_is_refused(kept: Kept) -> None:
    signed = read_checkpoint((kept.checkpoints / f"{SIZES[0]:05d}").read_text(encoding="utf-8"))
    for paper in ("", "a|b", "a\nb", "英税疑12号", "x" * 65):
        with pytest.raises(Malformed):
            printed(paper, signed)


def test_a_line_proves_as_much_as_the_note(kept: Kept, tmp_path: Path) -> None:
    key = read_key(kept.key)
    text = line_of(kept).text()
    file = tmp_path / "scanned.txt"
    file.write_text(f"{text}\n\n{line_of(kept, SIZES[2]).text()}\n", encoding="utf-8")
    assert [one.checkpoint.size for one in older_checkpoints([text, str(file)], key)] == [SIZES[1], SIZES[1], SIZES[2]]
    assert older_checkpoints([text], key)[0].name == "QR 653123103-2026-12"


def test_a_forged_signature_and_a_changed_root_are_found(kept: Kept) -> None:
    one, key = line_of(kept), read_key(kept.key)
    forged = msgspec.structs.replace(one, signature=one.signature[:-1] + bytes([one.signature[-1] ^ 1]))
    other = msgspec.structs.replace(one, checkpoint=msgspec.structs.replace(one.checkpoint, root=bytes(32)))
    for wrong in (forged, other):
        with pytest.raises(Broken):
            wrong.proved(key)


def test_a_line_typed_off_without_signature_says_so_and_belongs_to_one_log(kept: Kept) -> None:
    one, key = line_of(kept), read_key(kept.key)
    (named,) = older_checkpoints([one.unsigned()], key)
    assert "无签名" in named.name
    assert named.checkpoint == one.checkpoint
    with pytest.raises(Malformed):
        Printed("x", Checkpoint("another/log", 3, bytes(32))).proved(key)


def test_an_event_changed_after_the_print_is_found_with_the_paper_alone(kept: Kept, tmp_path: Path) -> None:
    copy = build(tmp_path)
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "scanned.txt").write_text(line_of(copy).text(), encoding="utf-8")
    held = copy._replace(checkpoints=papers)
    assert [one.checkpoint.size for one in check(held).older] == [SIZES[1]]
    attack(copy.home, ("UPDATE stored_events SET state = ? WHERE position = 7", (b'{"amount":0}',)))
    with pytest.raises(Broken):
        check(held)
