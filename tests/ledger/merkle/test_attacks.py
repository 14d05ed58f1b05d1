"""Attacks by somebody with the database, the programs and the signing key; the inspector has old checkpoints."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import Broken
from ledger.home import Home
from ledger.merkle.differences import Difference
from ledger.merkle.given import older_checkpoints, read_key
from tests.ledger.merkle.sealed import SIZES, Kept, append, attack, check, row

CHANGE = ("UPDATE stored_events SET state = ? WHERE position = 500", (b'{"amount":1}',))
RENUMBER = (
    ("DELETE FROM stored_events WHERE position = 500", ()),
    ("UPDATE stored_events SET position = position - 1 + 1000000 WHERE position > 500", ()),
    ("UPDATE stored_events SET position = position - 1000000 WHERE position > 1000000", ()),
)
INSERT = (
    ("UPDATE stored_events SET position = position + 1 + 1000000 WHERE position >= 500", ()),
    ("UPDATE stored_events SET position = position - 1000000 WHERE position > 1000000", ()),
    ("INSERT INTO stored_events VALUES (500, 'payments:tax-core:NEW', 1, 'payment.Recorded.v1', ?)", (b"{}",)),
)
SWAP = (
    ("UPDATE stored_events SET position = 1000000 WHERE position = 400", ()),
    ("UPDATE stored_events SET position = 400 WHERE position = 500", ()),
    ("UPDATE stored_events SET position = 500 WHERE position = 1000000", ()),
)


def sealed_anew(home: Path) -> None:
    """Make the whole log again from the changed ledger, with the administrator's own key."""
    shutil.rmtree(home / "log")
    Home.open(home).close()


def test_an_untouched_log_is_proved_to_continue_every_checkpoint(kept: Kept) -> None:
    proved = check(kept)
    assert proved.checkpoint.size == SIZES[-1]
    assert [older.checkpoint.size for older in proved.older] == list(SIZES)
    assert proved.unsealed == 0


@pytest.mark.parametrize(
    ("statements", "position"), [((CHANGE,), 500), (RENUMBER, 500), (INSERT, 500), (SWAP, 400)],
    ids=["changed", "deleted and renumbered", "back-dated event inserted", "swapped"],
)  # fmt: skip
def test_a_changed_ledger_beside_its_log_is_found_at_the_event(
    kept: Kept, statements: tuple[tuple[str, tuple[object, ...]], ...], position: int
) -> None:
    attack(kept.home, *statements)
    with pytest.raises(Difference) as found:
        check(kept, since=False)
    assert (found.value.kind, found.value.first) == ("event", position)
    assert "sealed: " in found.value.evidence[0]
    assert found.value.exit_code == 3


@pytest.mark.parametrize(
    "statements", [(CHANGE,), RENUMBER, INSERT, SWAP],
    ids=["changed", "deleted and renumbered", "back-dated event inserted", "swapped"],
)  # fmt: skip
def test_a_log_made_anew_with_the_key_is_found_between_two_checkpoints(
    kept: Kept, untouched: Kept, statements: tuple[tuple[str, tuple[object, ...]], ...]
) -> None:
    attack(kept.home, *statements)
    sealed_anew(kept.home)
    append(kept.home, [row(number) for number in range(2000, 2100)])
    with pytest.raises(Difference) as found:
        check(kept)
    assert found.value.kind == "root"
    assert (found.value.first, found.value.last) == (257, 700)
    with pytest.raises(Difference) as located:
        check(kept, since=False, log=untouched.home / "log")
    assert located.value.first in (400, 500)


def test_without_an_older_checkpoint_a_log_made_anew_agrees_with_itself(kept: Kept) -> None:
    attack(kept.home, CHANGE)
    sealed_anew(kept.home)
    assert check(kept, since=False).older == ()


def test_a_cut_off_tail_is_found_even_where_the_log_was_made_anew(kept: Kept) -> None:
    attack(kept.home, ("DELETE FROM stored_events WHERE position > 900", ()))
    with pytest.raises(Difference) as beside:
        check(kept, since=False)
    assert (beside.value.kind, beside.value.first, beside.value.last) == ("cut-off", 901, 1100)
    sealed_anew(kept.home)
    with pytest.raises(Difference) as anew:
        check(kept)
    assert (anew.value.kind, anew.value.first) == ("cut-off", 901)


def test_an_older_database_file_is_found(kept: Kept, tmp_path: Path) -> None:
    older = tmp_path / "older"
    shutil.copytree(kept.home, older)
    append(kept.home, [row(number) for number in range(2000, 2050)])
    shutil.copy(kept.home / "log" / "checkpoint", tmp_path / "newest")
    shutil.copy(older / "ledger.sqlite", kept.home / "ledger.sqlite")
    with pytest.raises(Difference) as found:
        check(kept, since=False)
    assert (found.value.kind, found.value.first) == ("cut-off", 1101)


def test_a_log_forked_for_two_readers_is_found_with_both_checkpoints(kept: Kept, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(kept.home, other)
    append(kept.home, [row(2000)])
    append(other, [row(3000)])
    readers = tmp_path / "readers"
    readers.mkdir()
    shutil.copy(kept.home / "log" / "checkpoint", readers / "one")
    shutil.copy(other / "log" / "checkpoint", readers / "other")
    with pytest.raises(Difference) as found:
        check(kept._replace(checkpoints=readers))
    assert found.value.kind == "fork"


def test_another_key_cannot_stand_in_for_the_log(kept: Kept) -> None:
    attack(kept.home, CHANGE)
    (kept.home / "keys" / "log.json").unlink()
    sealed_anew(kept.home)
    with pytest.raises(Broken, match="no valid signature"):
        check(kept)
    with pytest.raises(Broken, match="no valid signature"):
        older_checkpoints([str(kept.checkpoints)], read_key(kept.home / "log" / "key.pub"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(1, SIZES[-1]), at=st.integers(0, 10_000), mask=st.integers(1, 255))
def test_any_flipped_byte_of_any_event_is_found_at_that_event(kept: Kept, position: int, at: int, mask: int) -> None:
    with closing(Home.open(kept.home)) as home:
        state = bytearray(home.ledger.read(position - 1, 1)[0].state)
    original = bytes(state)
    state[at % len(state)] ^= mask
    attack(kept.home, ("UPDATE stored_events SET state = ? WHERE position = ?", (bytes(state), position)))
    try:
        with pytest.raises(Difference) as found:
            check(kept)
        assert (found.value.first, found.value.last) == (position, position)
    finally:
        attack(kept.home, ("UPDATE stored_events SET state = ? WHERE position = ?", (original, position)))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    position=st.integers(1, SIZES[-1]), column=st.sampled_from(["originator_id", "topic"]), at=st.integers(0, 100),
    mask=st.integers(16, 31),
)  # fmt: skip
def test_any_flipped_byte_of_stream_or_topic_is_found_at_that_event(
    kept: Kept, position: int, column: str, at: int, mask: int
) -> None:
    with closing(Home.open(kept.home)) as home:
        event = home.ledger.read(position - 1, 1)[0]
    original = event.stream if column == "originator_id" else event.topic
    changed = bytearray(original.encode())
    changed[at % len(changed)] ^= mask
    statement = f"UPDATE stored_events SET {column} = ? WHERE position = ?"
    attack(kept.home, (statement, (changed.decode(), position)))
    try:
        with pytest.raises(Difference) as found:
            check(kept)
        assert (found.value.first, found.value.last) == (position, position)
    finally:
        attack(kept.home, (statement, (original, position)))


def test_a_changed_version_is_found_at_that_event(kept: Kept) -> None:
    attack(kept.home, ("UPDATE stored_events SET originator_version = 2 WHERE position = 77", ()))
    with pytest.raises(Difference) as found:
        check(kept)
    assert (found.value.first, found.value.last) == (77, 77)


@pytest.mark.parametrize("name", ["tile/0/001", "tile/1/000.p/4", "tile/0/004.p/76", "tile/entries/002"])
@pytest.mark.parametrize("how", ["changed", "missing", "longer"])
def test_a_changed_or_missing_file_of_the_log_is_found(kept: Kept, name: str, how: str) -> None:
    file = kept.home / "log" / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    ways: dict[str, Callable[[], object]] = {
        "changed": lambda: file.write_bytes(bytes(content)),
        "missing": file.unlink,
        "longer": lambda: file.write_bytes(file.read_bytes() + b"more"),
    }
    ways[how]()
    with pytest.raises(Difference) as found:
        check(kept)
    assert found.value.kind in {"tile", "file", "event"}
    assert found.value.first <= found.value.last <= SIZES[-1]
