"""Killed at any moment and started again: the same ledger, each file moved once, and its receipt there and true."""

from __future__ import annotations

import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.consumers.inbox.boxes import Box
from tests.consumers.inbox.child import STEPS
from tests.county import payment, receipt
from tests.program import run, run_by, run_killed

pytestmark = pytest.mark.xdist_group("inbox-kill")

CHILD = "tests.consumers.inbox.child"
SEEDS = range(16)
TAX, TOWN = "税务局", "英吉沙镇"


def fill(box: Box) -> None:
    """Hand in files of two departments: new rows, repeats, an amendment, refused rows, one that goes back."""
    rows = [payment(f"P{n}", n % 900) for n in range(2500)]
    box.drop(TAX, "payments-1.csv", [*rows, payment("X1", amount="400元")])
    box.drop(TAX, "payments-2.csv", [*rows[:50], payment("P60", 60, amount="380.00"), payment("X2", fee="tea")])
    box.drop(TAX, "photo.jpg", b"x")
    box.drop(TOWN, "cash-receipts.csv", [receipt(f"R{n}", n) for n in range(40)])
    box.drop(TOWN, "cash-receipts-2.csv", [receipt("R1", 5)])
    for path in (box.folder / TAX).glob("payments-*.csv"):
        path.with_name(f"{path.name}.done").touch()


Receipt = tuple[tuple[str, str], ...]


def answers(box: Box) -> dict[str, list[Receipt]]:
    """Return the receipts but for times and the names that hold them."""
    own = {"taken_at", "taken_by", "kept_as"}
    return {
        department: [
            tuple(sorted((name, str(value)) for name, value in found.items() if name not in own))
            for found in box.receipts(department)
        ]
        for department in (TAX, TOWN)
    }


def places(box: Box) -> dict[str, list[str]]:
    """Return where the files stand, by department and folder, without date and digest."""
    return {
        f"{department}/{below}": box.names(department, below)
        for department in (TAX, TOWN)
        for below in ("done", "refused")
    } | {department: box.left(department) for department in (TAX, TOWN)}


class Undisturbed:
    """An inbox that was emptied without any disturbance."""

    def __init__(self, folder: Path) -> None:
        self.box = Box(folder)
        fill(self.box)
        assert run("consume", "--help").code == 0  # loads the command
        start = time.perf_counter()
        assert run_by(CHILD, "none", "", 0, *emptying(self.box)) == 1
        self.seconds = time.perf_counter() - start
        self.ledger, self.answers, self.places = self.box.ledger(), answers(self.box), places(self.box)

    def again(self, folder: Path) -> Box:
        """Return another inbox with the same files, and a home with the same keys and nothing else."""
        box = Box(folder)
        fill(box)
        box.home.mkdir(mode=0o700)
        shutil.copytree(self.box.home / "keys", box.home / "keys")
        return box

    def equals(self, box: Box) -> None:
        """Hold that nothing is lost, nothing doubled, and every answer true."""
        assert box.ledger() == self.ledger
        assert places(box) == self.places
        assert answers(box) == self.answers
        assert not list((box.home / "inbox").rglob("*.csv"))
        hidden = [path.name for path in box.folder.rglob(".*") if path.is_file()]
        assert [name for name in hidden if not name.endswith(".tmp")] == [".mingzhang-inbox"]


def emptying(box: Box) -> list[str]:
    """Return the command that empties the inbox."""
    return ["--home", str(box.home), "consume", "--inbox", str(box.folder), "--until-idle", "0"]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return Undisturbed(tmp_path_factory.mktemp("undisturbed"))


def test_the_undisturbed_run_is_what_was_handed_in(undisturbed: Undisturbed) -> None:
    assert undisturbed.places == {
        f"{TAX}/done": ["payments-1.csv", "payments-2.csv"], f"{TAX}/refused": ["photo.jpg"], TAX: [],
        f"{TOWN}/done": ["cash-receipts.csv"], f"{TOWN}/refused": ["cash-receipts-2.csv"], TOWN: [],
    }  # fmt: skip


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("step", "count"), [*((step, 2) for step in STEPS), ("claim", 1), ("ledger", 1)])
def test_killed_at_each_step_of_writing(
    undisturbed: Undisturbed, tmp_path: Path, step: str, count: int, when: str
) -> None:
    box = undisturbed.again(tmp_path)
    assert run_by(CHILD, step, when, count, *emptying(box)) == -signal.SIGKILL
    box.empty()
    undisturbed.equals(box)


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_at_a_moment_by_chance(undisturbed: Undisturbed, tmp_path: Path, seed: int) -> None:
    box = undisturbed.again(tmp_path)
    chance = random.Random(seed)
    for _ in range(2):
        run_killed(*emptying(box), after_s=chance.uniform(0.4, 1.0) * undisturbed.seconds, by=(CHILD, "none", "", "0"))
    box.empty()
    undisturbed.equals(box)
