"""One PostgreSQL database has one log, whichever of several machines seals; each keeps a whole copy of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from domain.errors import Broken, Refused
from ledger.home import Home
from ledger.log import Ledger
from ledger.merkle.checkpoint import SignedCheckpoint, read_checkpoint
from ledger.merkle.given import read_key, read_signed
from ledger.merkle.hashing import is_consistent
from ledger.merkle.sealer import Disagreement
from ledger.merkle.sources import LedgerEntries
from ledger.merkle.tiles import Tiles
from ledger.merkle.tree import Tree
from ledger.merkle.verifying import Named, Verification
from tests.ledger.merkle.sealed import row

ROOT = Path(__file__).resolve().parents[3]
Statement = tuple[str, tuple[object, ...]]


@pytest.fixture
def url(postgres_place: Callable[[], str]) -> str:
    return postgres_place()


@pytest.fixture
def machines(tmp_path: Path, url: str) -> tuple[Path, Path]:
    """Two homes with the same keys for one database, in which the first has sealed 300 events."""
    one, other = tmp_path / "one", tmp_path / "other"
    append(one, url, range(300))
    shutil.copytree(one / "keys", other / "keys")
    shutil.copyfile(one / "ledger.postgresql", other / "ledger.postgresql")
    return one, other


def append(folder: Path, url: str, numbers: range) -> None:
    with closing(Home.open(folder, url)) as home:
        home.ledger.append([row(number) for number in numbers])


def signed(folder: Path) -> SignedCheckpoint:
    return read_checkpoint((folder / "log" / "checkpoint").read_text(encoding="utf-8"))


def registered(url: str) -> list[SignedCheckpoint]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT content FROM checkpoints ORDER BY size").fetchall()
    return [read_checkpoint(each[0]) for each in found]


def change(url: str, *statements: Statement) -> None:
    with psycopg.connect(url) as connection:
        for statement, values in statements:
            connection.execute(statement.encode(), values)


def check(folder: Path, url: str) -> int:
    """Verify a home's log against the database, and every registered checkpoint with it; return its size."""
    log = folder / "log"
    key = read_key(log / "key.pub")
    current = Named("current", read_signed(log / "checkpoint", key).checkpoint)
    older = [Named(f"{each.checkpoint.size}", each.checkpoint) for each in registered(url)]
    with Ledger.open(folder, place=url) as ledger:
        proved = Verification(LedgerEntries(ledger), Tiles(log), current, older).run()
    assert len(proved.older) == len(older)
    return proved.checkpoint.size


def test_two_machines_in_turns_continue_one_log(machines: tuple[Path, Path], url: str) -> None:
    for turn in range(1, 5):
        append(machines[turn % 2], url, range(turn * 1000, turn * 1000 + 170))
    Home.open(machines[1], url).close()
    assert [each.checkpoint.size for each in registered(url)] == [0, 300, 470, 640, 810, 980]
    assert {each.checkpoint.origin for each in registered(url)} == {signed(machines[0]).checkpoint.origin}
    assert signed(machines[0]) == signed(machines[1])
    assert [check(each, url) for each in machines] == [980, 980]


def test_two_machines_at_once_never_fork_it(machines: tuple[Path, Path], url: str) -> None:
    failed: list[BaseException] = []

    def work(folder: Path, start: int) -> None:
        try:
            with closing(Home.open(folder, url)) as home:
                for number in range(start, start + 400, 40):
                    home.ledger.append([row(n) for n in range(number, number + 40)])
                    assert home.sealer is not None
                    home.sealer.seal()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(each, 1000 * (n + 1))) for n, each in enumerate(machines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    for each in machines:
        Home.open(each, url).close()
    assert [check(each, url) for each in machines] == [1100, 1100]
    tree = Tree(Tiles(machines[0] / "log"), 1100)
    for one in registered(url):
        size, root = one.checkpoint.size, one.checkpoint.root
        assert is_consistent(size, root, 1100, tree.root(), tree.consistency(size))


def test_a_machine_that_only_looks_keeps_a_whole_copy(machines: tuple[Path, Path], url: str) -> None:
    with closing(Home.open(machines[1], url)) as home:
        assert home.ledger.head() == 300
    Home.open(machines[1], url).close()
    assert signed(machines[1]) == signed(machines[0])
    assert len(registered(url)) == 2
    names = [
        sorted(str(file.relative_to(each / "log")) for file in (each / "log" / "tile").rglob("*") if file.is_file())
        for each in machines
    ]
    assert names[0] == names[1]


def test_a_machine_without_the_key_of_the_log_is_refused_and_makes_none(
    machines: tuple[Path, Path], url: str
) -> None:
    (machines[1] / "keys" / "log.json").unlink()
    with pytest.raises(Refused, match=r"copy keys/log\.json") as refused:
        Home.open(machines[1], url)
    assert signed(machines[0]).checkpoint.origin in refused.value.zh
    assert not (machines[1] / "keys" / "log.json").exists()
    assert not (machines[1] / "log").exists()


def test_a_machine_with_a_log_of_its_own_is_refused(machines: tuple[Path, Path], url: str, tmp_path: Path) -> None:
    Home.open(tmp_path / "third").close()
    shutil.copyfile(tmp_path / "third" / "keys" / "log.json", machines[1] / "keys" / "log.json")
    with pytest.raises(Refused, match="is that of mingzhang/"):
        Home.open(machines[1], url)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (("UPDATE stored_events SET state = %s WHERE position = 20", (b"{}",)), "does not agree"),
        (("DELETE FROM stored_events WHERE position > 200", ()), "cut off"),
    ],
    ids=["an event changed", "the end removed"],
)
def test_a_machine_that_comes_later_signs_only_what_the_others_signed(
    machines: tuple[Path, Path], url: str, statement: Statement, said: str
) -> None:
    change(url, statement)
    home = Home.open(machines[1], url)
    with pytest.raises(Disagreement, match=said):
        home.close()
    assert len(registered(url)) == 2


def test_an_older_database_put_back_is_found_by_the_machine_that_had_sealed_more(
    machines: tuple[Path, Path], url: str
) -> None:
    change(
        url,
        ("DELETE FROM stored_events WHERE position > 200", ()),
        ("DELETE FROM checkpoints WHERE size > 0", ()),
    )
    append(machines[1], url, range(5000, 5200))
    assert signed(machines[1]).checkpoint.size == 400
    with pytest.raises(Disagreement, match="event 257 of the ledger is not what was sealed"):
        append(machines[0], url, range(6000, 6001))
    assert signed(machines[0]).checkpoint.size == 300
    assert [each.checkpoint.size for each in registered(url)] == [0, 400]


def test_a_checkpoint_of_another_key_in_the_database_is_not_followed(machines: tuple[Path, Path], url: str) -> None:
    content = signed(machines[0]).content.replace("\n300\n", "\n290\n")
    change(url, ("UPDATE checkpoints SET content = %s WHERE size = 300", (content,)))
    with pytest.raises(Broken, match="no valid signature"):
        Home.open(machines[1], url).close()


@pytest.mark.parametrize(("step", "when"), [("add", "before"), ("add", "after"), ("_make_last", "after")])
def test_a_machine_killed_while_it_seals_holds_nobody_up(
    machines: tuple[Path, Path], url: str, step: str, when: str
) -> None:
    ended = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("seal_child.py")), str(machines[0]), url, step, when],
        check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60,
    )  # fmt: skip
    assert ended.returncode == -9, ended.stderr.decode()
    append(machines[1], url, range(2000, 2100))
    append(machines[0], url, range(3000, 3100))
    Home.open(machines[1], url).close()
    assert [check(each, url) for each in machines] == [600, 600]


def test_a_log_from_files_goes_on_in_the_database(tmp_path: Path, url: str) -> None:
    folder = tmp_path / "home"
    with closing(Home.open(folder)) as home:
        home.ledger.append([row(number) for number in range(50)])
    before = signed(folder)
    for name in ("ledger.sqlite", "vault.sqlite"):
        (folder / name).unlink()
    with closing(Ledger.open(folder, place=url)) as moved:
        moved.append([row(number) for number in range(50)])
    append(folder, url, range(50, 60))
    assert registered(url)[0] == before
    assert check(folder, url) == 60
