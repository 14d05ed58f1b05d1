"""A PostgreSQL of its own for the time of a benchmark: a private data folder, a socket, nothing else can reach it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "1GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "4GB",
    "max_parallel_workers_per_gather": "1",
    "random_page_cost": "1.1",
    "jit": "off",
    "fsync": "off",
    "max_wal_size": "4GB",
    "temp_file_limit": "20GB",
}
"""Memory as a careful administrator gives it on a small machine; two processes at work are two cores."""
USER = "postgres"


class NotThere(RuntimeError):
    """PostgreSQL is not installed or cannot be started."""


def binaries() -> Path:
    """Return the folder with initdb and pg_ctl; NotThere."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "pg_ctl").exists():
            return place
    raise NotThere("PostgreSQL is not installed (Debian: apt-get install postgresql)")


class Server:
    """Started on entry, stopped and removed on exit; `url` to connect."""

    def __init__(self, folder: Path) -> None:
        self._bin = binaries()
        self._root = Path(tempfile.mkdtemp(prefix="postgres-", dir=folder))
        self._data = self._root / "data"
        self.url = f"host={self._root} user={USER} dbname=postgres"
        self._owner = USER if os.geteuid() == 0 else None

    def __enter__(self) -> Self:
        if self._owner is not None:
            try:
                known = pwd.getpwnam(self._owner)
            except KeyError as error:
                raise NotThere("there is no user postgres, and PostgreSQL does not run as root") from error
            os.chown(self._root, known.pw_uid, known.pw_gid)
        self._run("initdb", "-D", str(self._data), "-U", USER, "-E", "UTF8", "--locale=C", "-A", "trust")
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        log, socket = str(self._root / "log"), f"-k {self._root}"
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", log, "-o", socket, "start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")
        shutil.rmtree(self._root, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        done = subprocess.run(
            command, user=self._owner, cwd=self._root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
        )
        if done.returncode:
            raise NotThere(f"{program}: {done.stderr.decode(errors='replace').strip()[-400:]}")
