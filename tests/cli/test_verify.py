"""verify as an inspector runs it: on a copy, with the public key and what was kept from earlier."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.log import StoredRow
from tests.ledger.merkle.sealed import SIZES, Kept, append, attack, build, row
from tests.program import run


@pytest.fixture(scope="module")
def kept_once(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return build(tmp_path_factory.mktemp("verify"))


@pytest.fixture
def kept(kept_once: Kept, tmp_path: Path) -> Kept:
    return kept_once._replace(home=shutil.copytree(kept_once.home, tmp_path / "copy"))


def test_a_copy_without_keys_is_proved_against_a_folder_of_old_checkpoints(kept: Kept) -> None:
    shutil.rmtree(kept.home / "keys")
    ended = run("--home", kept.home, "verify", "--key", kept.key, "--since", kept.checkpoints)
    assert ended.code == 0, ended.err
    assert "已证明" in ended.out
    assert f"1 to {SIZES[-1]} was changed" in ended.out


def test_the_text_of_a_qr_code_is_a_checkpoint_too(kept: Kept) -> None:
    text = (kept.checkpoints / f"{SIZES[1]:05d}").read_text(encoding="utf-8")
    ended = run("--home", kept.home, "verify", "--key", kept.key, "--since", text, "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["since"] == [{"name": "QR", "size": SIZES[1]}]


def test_without_older_checkpoints_the_answer_says_what_is_not_proved(kept: Kept) -> None:
    ended = run("--home", kept.home, "verify")
    assert ended.code == 0
    assert "不能证明日志未被整体重做" in ended.out
    assert "compare it with the one you kept" in ended.err


def dated(number: int, at: str) -> StoredRow:
    return row(number)._replace(state=f'{{"amount":1,"envelope":{{"recorded_at":"{at}"}}}}'.encode())


@pytest.mark.parametrize(
    ("at", "told"),
    [("2026-03-01T09:59:59+08:00", (1, SIZES[-1] + 2)), ("2026-03-01T02:00:00+00:00", None), ("yesterday", None)],
    ids=["dated-back", "within-a-day", "no-time"],
)
def test_what_was_added_later_under_an_earlier_date_is_told(
    kept: Kept, at: str, told: tuple[int, int] | None
) -> None:
    append(kept.home, [dated(9001, "2026-03-02T10:00:00+08:00"), dated(9002, at), dated(9003, "2026-03-02T11:00:00Z")])
    command = ("--home", kept.home, "verify", "--key", kept.key, "--since", kept.checkpoints)
    ended = run(*command)
    assert (ended.code, "时间是倒填的" in ended.out) == (0, told is not None)
    found = json.loads(run(*command, "--json").out)["dated_back"]
    assert (None if found is None else (found["count"], found["first"])) == told


def test_a_changed_event_ends_with_3_and_shows_both_sides(kept: Kept) -> None:
    attack(kept.home, ("UPDATE stored_events SET state = ? WHERE position = 300", (b'{"amount":0}',)))
    ended = run("--home", kept.home, "verify", "--key", kept.key)
    assert ended.code == 3
    assert "第 300 号事件" in ended.err
    sealed, found = ended.out.splitlines()
    assert sealed.startswith("sealed: ")
    assert "医保".encode() not in found.encode()
    assert '{"amount":0}' in found
    told = json.loads(run("--home", kept.home, "verify", "--key", kept.key, "--json").out)
    assert (told["proved"], told["kind"], told["first"]) == (False, "event", 300)


def test_a_log_made_anew_is_located_with_an_old_copy(kept: Kept, kept_once: Kept) -> None:
    attack(kept.home, ("UPDATE stored_events SET state = ? WHERE position = 300", (b'{"amount":0}',)))
    shutil.rmtree(kept.home / "log")
    append(kept.home, [row(9000)])
    between = run("--home", kept.home, "verify", "--key", kept.key, "--since", kept.checkpoints)
    assert between.code == 3
    assert f"第 {SIZES[1] + 1} 至 {SIZES[2]} 号" in between.err
    located = run("--home", kept.home, "verify", "--key", kept.key, "--copy", kept_once.home / "log")
    assert located.code == 3
    assert "第 300 号事件" in located.err


def test_a_verification_that_was_killed_goes_on_and_says_what_it_has_not_read_again(kept: Kept) -> None:
    child = Path(__file__).parents[1] / "ledger" / "merkle" / "verify_child.py"
    folder = kept.home.parent
    shutil.move(kept.home, folder / "home")
    arguments = [str(folder), "batch", "before", "4"]
    root = str(Path(__file__).resolve().parents[2])
    killed = subprocess.run(
        [sys.executable, str(child), *arguments], env={**os.environ, "PYTHONPATH": root}, check=False
    )
    assert killed.returncode == -9
    command = ("--home", folder / "home", "verify", "--key", kept.key, "--since", kept.checkpoints)
    ended = run(*command, "--progress", folder / "progress")
    assert ended.code == 0, ended.err
    assert "其中第 1 至 768 号是此前中断的核对" in ended.out
    assert "events 1 to 768 were read by a run that was interrupted" in ended.out
    assert not (folder / "progress").exists()
    again = json.loads(run(*command, "--progress", folder / "progress", "--json").out)
    assert (again["proved"], again["earlier"]) == (True, None)


def test_a_log_folder_alone_is_verified_from_its_own_entries(kept: Kept) -> None:
    assert run("verify", kept.home / "log", "--key", kept.key, "--since", kept.checkpoints).code == 0
    bundle = kept.home / "log" / "tile" / "entries" / "001"
    bundle.write_bytes(bundle.read_bytes().replace(b"payments", b"Payments", 1))
    assert run("verify", kept.home / "log", "--key", kept.key).code == 3


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--since", "/nowhere"), 2),
        (("--key", "/nowhere"), 2),
        (("--since", __file__), 2),
        (("--key", __file__), 2),
    ],
    ids=["no checkpoint", "no key", "no checkpoint's form", "no key's form"],
)
def test_what_is_no_checkpoint_or_key_is_wrong_use(kept: Kept, arguments: tuple[str, str], code: int) -> None:
    assert run("--home", kept.home, "verify", *arguments).code == code


def test_a_folder_without_a_ledger_is_not_made_into_one(tmp_path: Path) -> None:
    ended = run("--home", tmp_path / "empty", "verify")
    assert ended.code == 2
    assert not (tmp_path / "empty").exists()
