"""Checkpoints leave by themselves: once a month, on every occasion, and later where somebody was out of reach."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import Broken, NotFound, Unreachable
from ledger.home import Home
from ledger.keys import Keys
from ledger.leaving import FILE, FolderSink, Leaving, Left, Sink, forget, leave, leave_due, remember, targets
from ledger.merkle.given import older_checkpoints, read_key
from tests.ledger.merkle.sealed import row


class Reached:
    """Folders, of which one can be out of reach."""

    def __init__(self) -> None:
        self.away: set[str] = set()

    def open(self, address: str) -> Sink:
        """Return the folder, or what is out of reach."""
        return Away() if address in self.away else FolderSink(Path(address))


class Away:
    """Whoever does not answer."""

    def take(self, leaving: Leaving) -> bool:
        """Refuse as a network does."""
        raise Unreachable("没有应答", f"no answer for {leaving.name}")


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T04:00:00+00:00").astimezone(UTC)


def due(home: Path, reached: Reached, day: str) -> list[Left]:
    with Home.open(home) as opened:
        return leave_due(opened, reached.open, lambda: at(day))


def appended(home: Path, number: int) -> None:
    with Home.open(home) as opened:
        opened.ledger.append([row(number)])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    appended(tmp_path / "home", 0)
    return tmp_path / "home"


def test_a_target_gets_one_checkpoint_a_month_and_the_key_once(home: Path, tmp_path: Path) -> None:
    kept, reached = tmp_path / "jijian", Reached()
    assert remember(home, str(kept))
    assert not remember(home, str(kept))
    assert [way.fresh for way in due(home, reached, "2026-01-20")] == [True]
    appended(home, 1)
    assert due(home, reached, "2026-01-31") == []
    assert [way.failure for way in due(home, reached, "2026-02-03")] == [None]
    assert due(home, reached, "2026-02-28") == []
    found = older_checkpoints([str(kept)], read_key(kept / "key.pub"))
    assert [one.checkpoint.size for one in found] == [1, 2]
    assert (kept / "key.pub").stat().st_mode & 0o777 == 0o644
    (target,) = targets(home)
    assert (target.size, target.why, target.owed) == (2, "month-end 2026-01", "")


def test_the_month_is_that_of_china(home: Path, tmp_path: Path) -> None:
    remember(home, str(tmp_path / "kept"))
    reached = Reached()
    due(home, reached, "2026-01-20")
    with Home.open(home) as opened:
        assert leave_due(opened, reached.open, lambda: datetime(2026, 1, 31, 15, 59, tzinfo=UTC)) == []
        assert len(leave_due(opened, reached.open, lambda: datetime(2026, 1, 31, 16, 1, tzinfo=UTC))) == 1


def test_whoever_is_out_of_reach_is_owed_and_gets_it_later_and_others_get_theirs_now(
    home: Path, tmp_path: Path
) -> None:
    one, other, reached = str(tmp_path / "one"), str(tmp_path / "other"), Reached()
    remember(home, one)
    remember(home, other)
    due(home, reached, "2026-01-20")
    appended(home, 1)
    reached.away = {one}
    with Home.open(home) as opened:
        ways = leave(opened, "list L1", reached.open, lambda: at("2026-01-21"))
    assert [way.failure is None for way in ways] == [False, True]
    assert [target.owed for target in targets(home)] == ["list L1", ""]
    assert [way.address for way in due(home, reached, "2026-01-22")] == [one]
    reached.away = set()
    assert [(way.address, way.fresh) for way in due(home, reached, "2026-01-23")] == [(one, True)]
    assert [(target.size, target.owed) for target in targets(home)] == [(2, ""), (2, "")]
    assert due(home, reached, "2026-01-24") == []


def test_the_same_checkpoint_again_replaces_nothing(home: Path, tmp_path: Path) -> None:
    kept, reached = tmp_path / "kept", Reached()
    with Home.open(home) as opened:
        (first,) = leave(opened, "by hand", reached.open, lambda: at("2026-01-20"), [str(kept)])
        before = (kept / first.name).stat()
        (again,) = leave(opened, "by hand", reached.open, lambda: at("2026-01-20"), [str(kept)])
    assert (first.fresh, again.fresh, again.failure) == (True, False, None)
    assert (kept / first.name).stat().st_mtime_ns == before.st_mtime_ns
    assert targets(home) == ()


def test_a_target_that_is_forgotten_gets_nothing_more(home: Path, tmp_path: Path) -> None:
    remember(home, str(tmp_path / "kept"))
    forget(home, str(tmp_path / "kept"))
    assert due(home, Reached(), "2026-02-03") == []
    with pytest.raises(NotFound):
        forget(home, str(tmp_path / "kept"))


def test_a_damaged_list_of_targets_is_said_and_not_begun_anew(home: Path) -> None:
    (home / FILE).write_bytes(b"[{]")
    with pytest.raises(Broken):
        due(home, Reached(), "2026-02-03")
    with pytest.raises(Broken):
        remember(home, "/somewhere")
    assert (home / FILE).read_bytes() == b"[{]"


def test_a_temporary_home_has_nothing_to_leave(tmp_path: Path) -> None:
    with Home(tmp_path / "home", Keys.in_memory(b"k" * 32)) as opened:
        remember(opened.folder, str(tmp_path / "kept"))
        assert leave(opened, "list L1", Reached().open, lambda: at("2026-01-20")) == []
