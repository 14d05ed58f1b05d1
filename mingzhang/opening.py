"""Opening a home for a command that takes data: the one named, or a temporary one whose keys exist in memory only."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.errors import Malformed, NotFound
from intake.fingerprint import key_of
from intake.reading.files import find_files
from ledger.algorithms import INTERNATIONAL, algorithms_named
from ledger.home import Home
from ledger.keys import Keys
from mingzhang.homes import home_at


@contextmanager
def open_home(
    folder: Path | None, data: Path | None, place: str | None = None, algorithms: str | None = None
) -> Iterator[Home]:
    """Open the home, or a temporary one (0700, removed at the end) whose token key is derived from the input's bytes.

    `place`: where the ledger of a home that is named stands; a temporary one holds its own. `algorithms`: those of a
    home that is made.
    Malformed where neither a home nor data is given, NotFound where the data folder does not exist.
    """
    if data is not None and not data.exists():
        raise NotFound(f"找不到 {data}", f"there is nothing at {data}")
    if folder is not None:
        with home_at(folder, place, algorithms) as opened:
            yield opened
        return
    if data is None:
        raise Malformed("请给出数据文件夹，或用 --home 指明账本", "give a data folder, or name a ledger with --home")
    with tempfile.TemporaryDirectory(prefix="mingzhang-") as temporary:
        files = [file.path for file in find_files(data) if file.type] if data.is_dir() else [data]
        keys = Keys.in_memory(key_of(files), algorithms_named(algorithms or INTERNATIONAL.name))
        with Home(Path(temporary), keys) as opened:
            yield opened
