"""The process of a piece of work: it runs one command at low priority and notes how it ended, whoever started it.

    python -m web.work.running FOLDER COMMAND...

It imports little, and holds the locks that it was started with until the command has ended too.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

GRACE_S = 10
"""How long a command that is asked to stop may take before it is killed."""
NICENESS = 10
"""Pages answer first."""


class Stopping:
    """Ends a command that is asked to stop: at once, or killed after a while; it may be asked before it has begun."""

    def __init__(self) -> None:
        self._wanted = False
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, number: int, frame: FrameType | None) -> None:
        """Take the signal; who asks to stop asks the whole group, the command too."""
        del number, frame
        self._wanted = True
        if self._process is not None:
            self._kill_later(self._process)

    def begun(self, process: subprocess.Popen[bytes], *, wanted: bool) -> None:
        """Look after a command; `wanted`: a note says that it is to stop. A signal before its first step is lost."""
        self._process = process
        if self._wanted or wanted:
            process.send_signal(signal.SIGINT)
            self._kill_later(process)

    @staticmethod
    def _kill_later(process: subprocess.Popen[bytes]) -> None:
        timer = threading.Timer(GRACE_S, process.kill)
        timer.daemon = True
        timer.start()


def run(folder: Path, command: Sequence[str]) -> int:
    """Run a command until its end, or until stopped; note how it ended, and remove what it was given."""
    os.nice(NICENESS)
    stopping = Stopping()
    # Whoever serves in the background of a shell ignores this signal, and a command would inherit that.
    signal.signal(signal.SIGINT, stopping.ask)
    with (folder / "said").open("ab") as said, (folder / "told").open("ab") as told:
        # The locks are handed on.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=told, stderr=said, close_fds=False)
    stopping.begun(process, wanted=(folder / "stopped.json").exists())
    code = process.wait()
    shutil.rmtree(folder / "given", ignore_errors=True)
    note(folder / "ended.json", {"at": datetime.now(UTC).isoformat(), "code": code})
    return code


def note(path: Path, what: dict[str, object]) -> None:
    """Put a note under a name at once."""
    aside = path.with_suffix(".writing")
    with aside.open("w", encoding="utf-8") as file:
        json.dump(what, file)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


if __name__ == "__main__":
    sys.exit(max(run(Path(sys.argv[1]), sys.argv[2:]), 0))
