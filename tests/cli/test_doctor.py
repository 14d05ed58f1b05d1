"""doctor finds what was planted, says what to do in both languages, and changes nothing."""

from __future__ import annotations

import json
import re
import shutil
import socket
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from consumers.health import Address, watched
from consumers.metrics import streams
from consumers.stopping import Stop
from domain.errors import NotFound
from ledger.backed_up import BackedUp, note_backup
from ledger.home import Home
from projections.models import ReadModels
from tests.county import data_folder, payment, take
from tests.program import run
from web.records.condition.check import Check, exit_code
from web.records.condition.looking import Looked, examine
from web.records.condition.models import snapshot

NOW = datetime(2026, 1, 21, 4, 0, tzinfo=UTC)
ENOUGH_GB = 0.001
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home that nothing is wrong with."""
    return made(tmp_path_factory.mktemp("healthy"), payment("P1"), payment("P2", 2))


@pytest.fixture
def home(healthy: Path, tmp_path: Path) -> Path:
    """Give a copy of it."""
    return shutil.copytree(healthy, tmp_path / "home")


def made(folder: Path, *payments: dict[str, object]) -> Path:
    with closing(Home.open(folder / "home")) as home:
        take(home, data_folder(folder / "data", payments=payments))
        ReadModels(home.read_models, home.ledger).close()
    return folder / "home"


def looked(
    home: Path, now: datetime = NOW, free_gb: float = ENOUGH_GB, addresses: tuple[str, ...] = ()
) -> dict[str, Check]:
    return {check.name: check for check in examine(Looked(home, now, None, free_gb, addresses))}


def wrong(checks: dict[str, Check]) -> list[str]:
    return [name for name, check in checks.items() if check.state in ("wrong", "unreachable")]


def test_nothing_is_wrong_with_a_home_that_is_whole(home: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    checks = looked(home)
    assert wrong(checks) == []
    assert exit_code(checks.values()) == 0
    assert checks["read-models"].state == checks["log"].state == checks["clock"].state == "ok"
    same = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    assert {path: at for path, at in same.items() if before.get(path) != at and path.suffix != ".lock"} == {}


def test_a_full_disk_is_found(home: Path) -> None:
    assert wrong(looked(home, free_gb=1e9)) == ["disk"]


def test_a_home_that_others_may_enter_is_noted(home: Path) -> None:
    assert looked(home)["home"].state == "ok"
    home.chmod(0o755)
    found = looked(home)
    assert (found["home"].state, wrong(found)) == ("note", [])
    assert f"chmod 700 {home}" in found["home"].todo.en


@pytest.mark.parametrize(("name", "mode"), [("keys/home.json", 0o644), ("keys", 0o755), ("keys/log.json", 0o640)])
def test_keys_that_others_may_read_are_found(home: Path, name: str, mode: int) -> None:
    (home / name).chmod(mode)
    found = looked(home)
    assert wrong(found) == ["keys"]
    assert name in found["keys"].found.en
    assert "chmod 600" in found["keys"].todo.zh


def test_a_missing_key_is_found_and_none_is_made(home: Path) -> None:
    (home / "keys" / "home.json").unlink()
    assert wrong(looked(home)) == ["keys"]
    assert not (home / "keys" / "home.json").exists()


def test_a_clock_behind_the_last_event_is_found(home: Path) -> None:
    assert wrong(looked(home, NOW - timedelta(days=3))) == ["clock"]


def test_read_models_of_another_ledger_are_found(home: Path, tmp_path: Path) -> None:
    other = made(tmp_path / "other", payment("X1", 7))
    shutil.copyfile(other / "read-models.duckdb", home / "read-models.duckdb")
    found = looked(home)
    assert "read-models" in wrong(found)
    assert "project --rebuild" in found["read-models"].todo.en


def test_read_models_that_another_process_has_are_left_alone(home: Path) -> None:
    with closing(Home.open(home)) as opened:
        models = ReadModels(opened.read_models, opened.ledger)
        found = looked(home)
        models.close()
    assert found["read-models"].state == found["tariffs"].state == "note"


def test_a_ledger_that_was_cut_off_is_found(home: Path, tmp_path: Path) -> None:
    older = shutil.copyfile(home / "ledger.sqlite", tmp_path / "older.sqlite")
    with closing(Home.open(home)) as opened:
        take(opened, data_folder(tmp_path / "more", payments=[payment("P3", 3)]))
    for left in home.glob("ledger.sqlite*"):
        left.unlink()
    shutil.copyfile(older, home / "ledger.sqlite")
    assert wrong(looked(home)) == ["log"]


@pytest.mark.parametrize(
    ("position", "head", "state"),
    [(0, 50, "ok"), (90, 50, "wrong"), (0, 200_000, "wrong"), (150_000, 200_000, "wrong"), (190_000, 200_000, "ok")],
)
def test_a_stale_snapshot_is_found(tmp_path: Path, position: int, head: int, state: str) -> None:
    if position:
        (tmp_path / f"read-models.{position}.snapshot").touch()
    assert snapshot(tmp_path / "read-models.duckdb", head).state == state


def test_a_year_with_money_and_no_tariff_is_found(tmp_path: Path) -> None:
    found = looked(made(tmp_path, payment("P1", fee_year=2030)))
    assert wrong(found) == ["tariffs"]
    assert "resident-medical 2030" in found["tariffs"].found.en


def test_a_calendar_that_ends_is_told_before_it_does(home: Path) -> None:
    assert looked(home, datetime(2026, 12, 20, tzinfo=UTC))["working-days"].state == "note"
    assert looked(home, datetime(2027, 1, 20, tzinfo=UTC))["working-days"].state == "wrong"


def test_a_backup_that_is_old_is_found(home: Path) -> None:
    assert looked(home)["backup"].state == "note"
    note_backup(home, BackedUp(NOW - timedelta(days=8), 1, keys=False))
    assert wrong(looked(home)) == ["backup"]
    note_backup(home, BackedUp(NOW - timedelta(days=6), 1, keys=False))
    assert wrong(looked(home)) == []


def test_a_process_that_does_not_answer_is_told_from_one_that_does(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = f"127.0.0.1:{taken.getsockname()[1]}"
    with watched(Stop(), streams(), {}, Address("127.0.0.1", 0)) as (stop, at):
        assert at is not None
        assert not stop.asked
        ready = f"127.0.0.1:{at.port}"
        found = looked(home, addresses=(ready, closed))
    assert found[ready].state == "ok"
    assert wrong(found) == [closed]
    assert exit_code(found.values()) == 4


def test_everything_is_said_in_both_languages(home: Path) -> None:
    (home / "keys").chmod(0o755)
    for check in looked(home, NOW - timedelta(days=3), free_gb=1e9, addresses=("127.0.0.1:1",)).values():
        texts = (check.title, check.found, check.todo)
        assert not any(CHINESE.search(said.en) for said in texts), check
        assert bool(check.todo.zh) == bool(check.todo.en), check
        assert check.state == "ok" or check.state == "note" or check.todo.zh, check


def test_the_command_ends_with_what_it_found(home: Path) -> None:
    free = ("--free-gb", str(ENOUGH_GB))
    well = run("--home", home, "doctor", *free, "--json")
    told = [json.loads(line) for line in well.out.splitlines()]
    acts = [each for each in told if each["state"] in ("wrong", "unreachable")]
    assert well.code == (1 if acts else 0), well.err
    assert {"disk", "keys", "ledger", "clock", "log", "read-models"} <= {each["name"] for each in told}
    full = ("--home", home, "doctor", "--free-gb", "1000000000")
    ended = run(*full, env={"MINGZHANG_PROCESSES": "127.0.0.1:1"})
    assert ended.code == 4
    assert "要处理 act\t磁盘 Disk" in ended.out
    assert "不可用 unreachable\t进程 127.0.0.1:1" in ended.out


def test_without_a_home_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        looked(tmp_path / "nothing")
