"""The terminal: progress and messages on stderr, results on stdout, colours only where somebody watches."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

messages = Console(stderr=True, highlight=False)
results = Console(highlight=False)
JSON, PROGRESS = "json", "progress"
"""Values of MINGZHANG_LOG: messages as lines of JSON; these, and how far each step is."""
EVERY_S = 0.5


def say(zh: str, en: str) -> None:
    """Print a message in both languages on stderr: a line of JSON where MINGZHANG_LOG says so and nobody watches."""
    if _asked() in {JSON, PROGRESS}:
        _write(zh, en)
        return
    messages.print(f"{zh} / {en}", markup=False, soft_wrap=True)


def _asked() -> str:
    """Return what MINGZHANG_LOG asks for, "" where somebody watches."""
    return "" if sys.stderr.isatty() else os.environ.get("MINGZHANG_LOG", "")


def _write(zh: str, en: str, **more: float | None) -> None:
    line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "en": en, "zh": zh, **more}
    sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stderr.flush()


def write_line(text: str) -> None:
    """Print one line of a result on stdout as it is: tabs stay tabs."""
    sys.stdout.write(f"{text}\n")


class Steps:
    """What a long command is doing: a bar where somebody watches, else a line per step, or lines with how far it is."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None) if progress is not None else None
        self._said = ""
        self._at = 0.0

    def step(self, zh: str, en: str, done: float | None = None, total: float | None = None) -> None:
        """Say which step is being done, and how far it is."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=f"{zh} / {en}", completed=done or 0, total=total)
        elif _asked() == PROGRESS:
            self._write(zh, en, done, total)
        elif self._said != zh:
            say(zh, en)
        self._said = zh

    def _write(self, zh: str, en: str, done: float | None, total: float | None) -> None:
        """Say how far a step is, but not too often."""
        now = time.monotonic()
        if self._said != zh or now - self._at >= EVERY_S or (done is not None and done == total):
            self._at = now
            _write(zh, en, done=done, total=total)


@contextmanager
def steps() -> Iterator[Steps]:
    """Show the steps of a long command while the block runs."""
    if not sys.stderr.isatty():
        yield Steps(None)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=messages, transient=True) as progress:
        yield Steps(progress)
