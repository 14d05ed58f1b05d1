"""What the pages show is what the program does: console blocks run, and shown outputs are the real ones."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks, commands

pytestmark = pytest.mark.xdist_group("shown-runs")


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of a page in the folder, without the settings that this machine may have."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MINGZHANG_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the project's docs, shared by the tests, since every command costs seconds."""
    path = tmp_path_factory.mktemp("shown")
    (path / "docs").symlink_to(ROOT / "docs")
    return path


def test_every_console_block_runs(folder: Path) -> None:
    """Each command once, in order; the Chinese pages have the same ones (test_written_pages)."""
    found = dict.fromkeys([*commands(ROOT / "README.md"), *commands(ROOT / "docs" / "quickstart.md")])
    assert len(found) >= 10
    for command in found:
        done = run(command, folder)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def test_the_example_gives_what_the_pages_say_and_gives_it_again(folder: Path) -> None:
    for out in ("first", "again"):
        done = run(f"mingzhang screen docs/example --out {out}", folder)
        assert done.returncode == 0, done.stderr
    lines = (folder / "first" / "suspicions.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1
    assert '"subject_id":"XL01"' in lines[0]
    assert '"amount_at_risk":1200.00' in lines[0]
    assert '"score":0.120979' in lines[0]
    for path in sorted((folder / "first").rglob("*")):
        again = folder / "again" / path.relative_to(folder / "first")
        if path.is_file() and path.name != "run.json":
            assert path.read_bytes() == again.read_bytes(), path.name


def test_the_refusals_shown_are_the_real_ones(folder: Path) -> None:
    """Compared word by word: how far the columns stand apart is the terminal's affair."""
    page = ROOT / "docs" / "data-in.md"
    shown = [line.split() for block in blocks(page, "text") for line in block.splitlines()]
    said = []
    for line in shown:
        if line[:1] == ["$"]:
            done = run(" ".join(line[1:]).replace("home-2", "home-3"), folder)
            said += [printed.split() for printed in done.stdout.splitlines()]
    assert len(said) == 9
    assert [line for line in said if line not in shown] == []
