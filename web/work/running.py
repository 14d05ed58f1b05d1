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


def run(folder: Path, command: Sequence[str]) -> int:
    """Run a command until its end, or until stopped; note how it ended, and remove what it was given."""
    os.nice(NICENESS)
    # Whoever serves in the background of a shell ignores this signal, and a command would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with (folder / "said").open("ab") as said, (folder / "told").open("ab") as told:
        # The locks are handed on. Who asks to stop asks the whole group, the command too.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=told, stderr=said, close_fds=False)

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        timer = threading.Timer(GRACE_S, process.kill)
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGINT, stop)
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
