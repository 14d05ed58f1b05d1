"""The terminal: progress and messages on stderr, results on stdout, colours only where somebody watches."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

messages = Console(stderr=True, highlight=False)
results = Console(highlight=False)


def say(zh: str, en: str) -> None:
    """Print a message in both languages on stderr: a line of JSON where MINGZHANG_LOG says so and nobody watches."""
    if os.environ.get("MINGZHANG_LOG") == "json" and not sys.stderr.isatty():
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "en": en, "zh": zh}
        sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")
        return
    messages.print(f"{zh} / {en}", markup=False, soft_wrap=True)


def write_line(text: str) -> None:
    """Print one line of a result on stdout as it is: tabs stay tabs."""
    sys.stdout.write(f"{text}\n")


class Steps:
    """What a long command is doing: a bar where somebody watches, a line per step otherwise."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None) if progress is not None else None
        self._said = ""

    def step(self, zh: str, en: str, done: float | None = None, total: float | None = None) -> None:
        """Say which step is being done, and how far it is."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=f"{zh} / {en}", completed=done or 0, total=total)
        elif self._said != zh:
            say(zh, en)
        self._said = zh


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
