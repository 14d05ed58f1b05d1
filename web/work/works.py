"""Starting, finding and stopping work: few of a kind at a time, in folders below the home that restarts find again."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from domain.errors import NotFound, Refused, Unreachable
from ledger.durable import private_folder, replace
from ledger.home import Home
from projections.models import Claim
from web.frame.provider_settings import CLAIM, CLIENT, ISSUER, NAME, SECRET_FILE
from web.work import commands, job
from web.work.commands import COMMANDS
from web.work.job import Asked, Job, StoppedBy, is_held, read_job

FOLDER = "work"
KEPT = 50
"""Works that are remembered; of what they made, too."""
_ASIDE = "aside-"
_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
_PRIVATE = frozenset({ISSUER, CLIENT, SECRET_FILE, CLAIM, NAME})
"""Settings that are for signing in, and go to no command."""


class Works:
    """The work of a home; safe for threads and for several processes."""

    def __init__(self, home: Home, clock: Callable[[], datetime]) -> None:
        self._home, self._clock = home, clock
        self._folder = home.folder / FOLDER

    def start(
        self,
        kind: str,
        by: str,
        words: Sequence[str] = (),
        given: Mapping[str, BinaryIO] | None = None,
        page: str = "",
    ) -> Job:
        """Start a kind of work for an account and return at once.

        `words`: further words of the command, checked by who asks: options as `--name=value`. `given`: plain file
        name to content, for commands that take files in. `page`: as Asked has it. Refused where as many of the kind
        are at work as may be; Unreachable.
        """
        try:
            private_folder(self._folder)
            claim = self._claim(kind)
            try:
                self.clear()
                return self._begin(Asked(kind, by, self._clock(), tuple(words), page), given or {}, claim)
            finally:
                claim.release()
        except OSError as error:
            raise Unreachable(f"后台任务不能开始（{error}）", f"work cannot be started ({error})") from error

    def all(self) -> list[Job]:
        """Return the works, the newest first; Unreachable."""
        if not self._folder.is_dir():
            return []
        names = sorted((path.name for path in self._folder.iterdir() if _ID.fullmatch(path.name)), reverse=True)
        found = [read_job(self._folder / name) for name in names]
        return [each for each in found if each is not None]

    def newest(self, kind: str) -> Job | None:
        """Return the newest of a kind; None where there was none. Unreachable."""
        return next((each for each in self.all() if each.asked.kind == kind), None)

    def one(self, name: str) -> Job:
        """Return one; NotFound, Unreachable."""
        found = read_job(self._folder / name) if _ID.fullmatch(name) else None
        if found is None:
            raise NotFound(f"没有后台任务 {name}", f"there is no work {name}")
        return found

    def file_of(self, work: Job, name: str) -> Path:
        """Return a file that a work left; NotFound."""
        if name not in {each.name for each in work.made()}:
            raise NotFound(f"任务没有留下文件 {name}", f"the work left no file {name}")
        return work.folder / job.MADE / name

    def stop(self, name: str, by: str) -> None:
        """Ask a work to stop, and note who wanted it; Refused where it has ended."""
        work = self.one(name)
        pid = work.folder / job.PID
        if not work.open or not pid.exists():
            raise Refused("任务已经结束", "the work has ended")
        replace(work.folder / job.STOPPED, msgspec.json.encode(StoppedBy(by, self._clock())))
        # As long as the lock is held somebody of the group lives, and its number is nobody else's.
        try:
            os.killpg(int(pid.read_text(encoding="ascii")), signal.SIGINT)
        except ProcessLookupError:
            return

    @contextmanager
    def aside(self) -> Iterator[Path]:
        """Give a folder for something that comes in, which is removed afterwards; Unreachable."""
        folder = private_folder(self._folder) / f"{_ASIDE}{secrets.token_hex(8)}"
        private_folder(folder)
        claim = Claim(folder)
        claim.take()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            claim.release()

    def clear(self) -> None:
        """Forget the oldest works, and the files that were handed to those that died."""
        for folder in self._folder.glob(f"{_ASIDE}*"):
            if not is_held(folder):
                shutil.rmtree(folder, ignore_errors=True)
        ended = [each for each in self.all() if not each.open]
        for each in ended[KEPT:]:
            shutil.rmtree(each.folder, ignore_errors=True)
        for each in ended[:KEPT]:
            if (each.folder / job.GIVEN).exists():
                shutil.rmtree(each.folder / job.GIVEN, ignore_errors=True)

    def _claim(self, kind: str) -> Claim:
        command = COMMANDS[kind]
        for place in range(command.at_once):
            claim = Claim(self._folder / f"{kind}{f'-{place}' if place else ''}.lock")
            if claim.take():
                return claim
            claim.release()
        raise Refused(
            f"“{command.zh}”正在进行：请等它结束，或先停止它",
            f"one of the kind ({command.en.lower()}) is at work: wait for its end, or stop it first",
        )

    def _begin(self, asked: Asked, given: Mapping[str, BinaryIO], claim: Claim) -> Job:
        name = f"{asked.at:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        folder = private_folder(self._folder / name)
        lock = Claim(folder / job.LOCK)
        try:
            lock.take()
            for inner in (job.GIVEN, job.MADE):
                private_folder(folder / inner)
            for called, content in given.items():
                with (folder / job.GIVEN / called).open("xb") as file:
                    shutil.copyfileobj(content, file)
            for output in (job.SAID, job.TOLD):
                (folder / output).touch(0o600)
            replace(folder / job.ASKED, msgspec.json.encode(asked))
            pid = _started(folder, self._command(asked, folder), self._surroundings(), (claim, lock))
            replace(folder / job.PID, str(pid).encode())
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            lock.release()
        return self.one(name)

    def _command(self, asked: Asked, folder: Path) -> list[str]:
        places = {commands.GIVEN: str(folder / job.GIVEN), commands.MADE: str(folder / job.MADE)}
        words = COMMANDS[asked.kind].words
        for mark, place in places.items():
            words = tuple(word.replace(mark, place) for word in words)
        start = (sys.executable, "-m", "mingzhang", f"--home={self._home.folder}", f"--as={asked.by}")
        return [*start, *words, *asked.words]

    def _surroundings(self) -> dict[str, str]:
        """Return the variables of a work's process: those of this one, without what it has no use for."""
        kept = {name: value for name, value in os.environ.items() if name not in _PRIVATE}
        place = {"MINGZHANG_LEDGER": self._home.place} if self._home.place else {}
        return kept | place | dict.fromkeys(_THREADS, "1") | {"MINGZHANG_LOG": "progress"}


def _started(folder: Path, command: Sequence[str], surroundings: Mapping[str, str], held: Sequence[Claim]) -> int:
    """Start the process of a work in a session of its own, to which the locks go over; return its id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "web.work.running", str(folder), *command], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=surroundings, start_new_session=True,
        pass_fds=[each.handle for each in held],
    )  # fmt: skip
    threading.Thread(target=process.wait, name=f"work {folder.name}", daemon=True).start()
    return process.pid
