"""A PostgreSQL of its own for tests and benchmarks: a private folder and socket, so that nothing else can reach it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote
from uuid import uuid4

import psycopg

USER = "postgres"
INSTALL = "apt-get install -y postgresql"
QUICK = {"listen_addresses": "", "shared_buffers": "64MB", "fsync": "off", "full_page_writes": "off"}
"""For tests: a process that is killed leaves its writes with the kernel, so that a server without fsync loses none."""
START_SECONDS = 60


class NotThere(RuntimeError):
    """PostgreSQL is not installed or cannot be started."""


def binaries() -> Path:
    """Return the folder with initdb and postgres; NotThere, with what to run."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "postgres").exists():
            return place
    raise NotThere(f"PostgreSQL is not installed: {INSTALL} (or name a server in MINGZHANG_TEST_POSTGRES)")


class Server:
    """Made and started on entry, stopped and removed on exit; `url` to connect."""

    def __init__(self, settings: Mapping[str, str] = QUICK, folder: Path | None = None) -> None:
        """Take settings beside PostgreSQL's own, and where its folder shall stand (anybody may enter it)."""
        self._bin, self._settings = binaries(), settings
        self._root = Path(tempfile.mkdtemp(prefix="postgres-", dir=folder))
        self._data = self._root / "data"
        self._owner = USER if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://{USER}@/postgres?host={quote(str(self._root), safe='')}"

    def __enter__(self) -> Self:
        if self._owner is not None:
            try:
                known = pwd.getpwnam(self._owner)
            except KeyError as error:
                raise NotThere(f"there is no user {USER}, and PostgreSQL does not run as root: {INSTALL}") from error
            os.chown(self._root, known.pw_uid, known.pw_gid)
        self._initialise()
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in self._settings.items())
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self._root, ignore_errors=True)

    def start(self) -> None:
        """Start the server and wait until it answers; NotThere with its own words where it does not."""
        with (self._root / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._bin / "postgres"), "-D", str(self._data), "-k", str(self._root)],
                user=self._owner, group=self._owner, cwd=self._root, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = (self._root / "log").read_text(encoding="utf-8", errors="replace")
                raise NotThere(f"PostgreSQL does not start: {said[-600:]}")
            time.sleep(0.05)

    @property
    def runs(self) -> bool:
        """Whether the server's first process lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop the server as an administrator does who does not wait for clients."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill the server and all that serve its clients at once (SIGKILL)."""
        self._signal(signal.SIGKILL)
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Stop the server and all that serve its clients where they are, so that nothing answers (SIGSTOP)."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let all of them go on (SIGCONT)."""
        self._signal(signal.SIGCONT)

    def _signal(self, sign: signal.Signals) -> None:
        """Send a signal to the server's first process, and then to those that it has started."""
        if self._process is None or self._process.poll() is not None:
            return
        number = self._process.pid
        serving = Path(f"/proc/{number}/task/{number}/children").read_text(encoding="ascii").split()
        self._process.send_signal(sign)
        for each in serving:
            with suppress(ProcessLookupError):
                os.kill(int(each), sign)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(number)
        self._process.wait(timeout=START_SECONDS)
        self._process = None

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _initialise(self) -> None:
        done = subprocess.run(
            [
                str(self._bin / "initdb"), "-D", str(self._data), "-U", USER, "-E", "UTF8", "--locale=C", "-A", "trust",
                "--no-sync",
            ],
            user=self._owner, group=self._owner, cwd=self._root, capture_output=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise NotThere(f"initdb: {done.stderr.decode(errors='replace').strip()[-600:]}")


def fresh(url: str) -> str:
    """Return an address for the same database under which there are no tables yet: a schema of its own."""
    schema = f"t{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}".encode())
    return f"{url}{'&' if '?' in url else '?'}options={quote(f'-csearch_path={schema}')}"
