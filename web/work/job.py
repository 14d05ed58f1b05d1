"""One piece of work as its folder tells it: what was asked and by whom, how far it is, how it ended."""

from __future__ import annotations

import fcntl
import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from domain.errors import Unreachable
from web.work.commands import COMMANDS

ASKED, STOPPED, ENDED, LOCK, PID = "asked.json", "stopped.json", "ended.json", "lock", "pid"
GIVEN, MADE, SAID, TOLD = "given", "made", "said", "told"
"""Folders of the files handed in and of those made; what the command said on stderr, and told on stdout."""
RUNNING, STOPPING, DONE, REFUSED, FAILED, HALTED, DIED = (
    "running", "stopping", "done", "refused", "failed", "stopped", "died",
)  # fmt: skip
OPEN = frozenset({RUNNING, STOPPING})
STATES: dict[str, tuple[str, str]] = {
    RUNNING: ("进行中", "at work"), STOPPING: ("正在停止", "stopping"), DONE: ("已完成", "done"),
    REFUSED: ("已完成，有拒收或问题", "done, with something refused"), FAILED: ("没有完成", "not done"),
    HALTED: ("已停止", "stopped"), DIED: ("进程中断", "broken off"),
}  # fmt: skip
"""State to its words in Chinese and English."""
_TAIL_BYTES = 1 << 16
MOST_TOLD = 1 << 20
"""Bytes of a result that are read."""


class Asked(msgspec.Struct, frozen=True):
    """What was asked for."""

    kind: str
    by: str
    """The account."""
    at: datetime
    words: tuple[str, ...]
    """Further words of the command."""
    page: str = ""
    """Where its result is looked at, {id} being the work's; "" where that is the work's own page."""


class StoppedBy(msgspec.Struct, frozen=True):
    """Who wanted it stopped."""

    by: str
    at: datetime


class Ended(msgspec.Struct, frozen=True):
    """How it ended."""

    code: int
    """The command's exit code; negative: minus the signal."""
    at: datetime


class Line(msgspec.Struct, frozen=True):
    """Something that the command said, and how far the step is that it is about."""

    at: datetime
    zh: str
    en: str
    done: float | None = None
    total: float | None = None


class Made(NamedTuple):
    """A file that the command left."""

    name: str
    """With its folders, below the folder of what was made."""
    size: int


class Job(NamedTuple):
    """A piece of work at one moment."""

    id: str
    folder: Path
    asked: Asked
    state: str
    stopped: StoppedBy | None
    ended: Ended | None

    @property
    def action(self) -> str:
        """The action that one must be permitted to see or stop it."""
        return COMMANDS[self.asked.kind].action

    @property
    def page(self) -> str:
        """The address at which its result is looked at; "" where that is its own page, or where it left none."""
        ended = self.state in {DONE, REFUSED}
        return self.asked.page.replace("{id}", self.id) if ended else ""

    @property
    def open(self) -> bool:
        """Whether it is still at work."""
        return self.state in OPEN

    def lines(self) -> list[Line]:
        """Return the last things that the command said, a step once with its last figures."""
        found: list[Line] = []
        for raw in _tail(self.folder / SAID):
            try:
                line = msgspec.json.decode(raw, type=Line)
            except msgspec.DecodeError:
                continue
            if found and found[-1].zh == line.zh:
                found.pop()
            found.append(line)
        return found

    def told(self) -> str:
        """Return the beginning of what the command put out as its result."""
        with (self.folder / TOLD).open("rb") as file:
            return file.read(MOST_TOLD).decode(errors="replace")

    def made(self) -> list[Made]:
        """Return the files that it left, by name; none while it is at work."""
        folder = self.folder / MADE
        if self.open or not folder.is_dir():
            return []
        files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        return [Made(str(path.relative_to(folder)), path.stat().st_size) for path in files]


def read_job(folder: Path) -> Job | None:
    """Return the work of a folder; None where nothing was started in it, or it was just forgotten. Unreachable."""
    try:
        asked = _read(folder / ASKED, Asked)
        if asked is None or asked.kind not in COMMANDS:
            return None
        held = is_held(folder / LOCK)
        stopped, ended = _read(folder / STOPPED, StoppedBy), _read(folder / ENDED, Ended)
        state = _state(ended, stopped, held=held)
        if state == REFUSED and _broke(folder / SAID):
            state = FAILED
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise Unreachable(f"后台任务的记录读不出（{error}）", f"the record of work cannot be read ({error})") from error
    return Job(folder.name, folder, asked, state, stopped, ended)


def is_held(path: Path) -> bool:
    """Say whether a process holds the lock of a file; the lock of a process that ended, however it ended, is free."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _state(ended: Ended | None, stopped: StoppedBy | None, *, held: bool) -> str:
    if ended is None:
        if held:
            return RUNNING if stopped is None else STOPPING
        return DIED if stopped is None else HALTED
    if stopped is not None and ended.code != 0:
        return HALTED
    return {0: DONE, 1: REFUSED}.get(ended.code, FAILED if ended.code > 0 else DIED)


Noted = TypeVar("Noted", Asked, StoppedBy, Ended)


def _read(path: Path, kind: type[Noted]) -> Noted | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None


def _broke(said: Path) -> bool:
    """Say whether an error of the program ended it: its exit code is also that of something refused."""
    return any(line.startswith(b"Traceback ") for line in _tail(said))


def _tail(path: Path) -> list[bytes]:
    """Return the last whole lines of a file."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - _TAIL_BYTES, 0))
        lines = file.read().split(b"\n")[:-1]
    return lines[1:] if size > _TAIL_BYTES else lines
