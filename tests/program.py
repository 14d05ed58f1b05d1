"""Running the real command as a process: what it printed, how it ended, how much memory it took."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.warmed import WIDTH, warm

LONGEST_SECONDS = 300
LAUNCH = str(Path(__file__).with_name("launch.py"))


class Ran(NamedTuple):
    """What a run of the command left."""

    code: int
    out: str
    err: str
    peak_mb: float = math.nan
    """The larger of the process's own peak and that of the process which reads ahead for it; of a fresh one."""


def run(*arguments: str | Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run `mingzhang` with the arguments, in a process of its own that has the large libraries already.

    env: over this process's variables; where one of them may have been read at the start of a process, it is fresh.
    """
    environment = _environment(env)
    if not warm().suits(environment):
        return run_fresh(*arguments, env=env)
    ended = warm().run(list(map(str, arguments)), environment, LONGEST_SECONDS)
    return Ran(ended.code, ended.out.decode(), ended.err.decode())


def run_by(child: str, step: str, when: str, count: int, *arguments: str | Path) -> int:
    """Run as `run` does by a module that kills the process at a step (`tests.dying`); return how it ended."""
    by = (child, step, when, str(count))
    return warm().run(list(map(str, arguments)), _environment(None), LONGEST_SECONDS, by).code


def run_killed(*arguments: str | Path, after_s: float, by: Sequence[str] = ("mingzhang",)) -> bool:
    """Run as `run` does and kill the process (SIGKILL) after so many seconds; say whether it still ran.

    by: the module that runs it, and what that is told before the arguments.
    """
    try:
        warm().run(list(map(str, arguments)), _environment(None), after_s, by)
    except TimeoutError:
        return True
    return False


def run_fresh(
    *arguments: str | Path, file_bytes: int | None = None, bound: bool = False, env: Mapping[str, str] | None = None
) -> Ran:
    """Run `mingzhang` with the arguments as a shell does, and measure its memory.

    file_bytes: no file may grow beyond. bound: permissions hold for root too. env: over this process's variables.
    """
    command = [sys.executable, "-m", "mingzhang", *map(str, arguments)]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        limits = json.dumps({"report": str(report), "file_bytes": file_bytes, "bound": bound})
        done = subprocess.run(
            [sys.executable, "-S", LAUNCH, limits, *command],
            capture_output=True, check=False, timeout=LONGEST_SECONDS, env=_environment(env),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found = json.loads(report.read_text(encoding="ascii"))
    return Ran(found["code"], done.stdout.decode(), done.stderr.decode(), found["peak_kib"] / 1024)


def _environment(env: Mapping[str, str] | None) -> dict[str, str]:
    return {**os.environ, "COLUMNS": WIDTH, **(env or {})}


class Account:
    """run.json, read."""

    def __init__(self, out: Path) -> None:
        read = json.loads((out / "run.json").read_text(encoding="utf-8"))
        self.position: int = read["position"]
        self.as_of: str = read["as_of"]
        self.county: str = read["county"]
        self.rules: dict[str, str] = read["rules"]
        self.records: dict[str, dict[str, int]] = read["records"]
        self.files: list[dict[str, str | int]] = read["files"]
        self.unknown_files: list[str] = read["unknown_files"]
        self.told_twice: dict[str, int] = read["told_twice"]

    def file(self, name: str) -> dict[str, str | int]:
        """Return what became of a file."""
        (found,) = [file for file in self.files if file["name"] == name]
        return found


def quarantined(out: Path, record_type: str) -> list[dict[str, str]]:
    """Return the lines of quarantine/<type>.csv; none where there is no such file."""
    path = out / "quarantine" / f"{record_type}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def results(out: Path) -> dict[str, bytes]:
    """Return the bytes of what a screening found."""
    return {name: (out / name).read_bytes() for name in ("suspicions.jsonl", "offices.jsonl", "findings.parquet")}
