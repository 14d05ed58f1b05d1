"""Opens every file below a folder and says which secrets stand in it: every container, every sheet, every column."""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyarrow.parquet as pq
from openpyxl import load_workbook

RUN = re.compile(rb"(?:[-0-9A-Za-z]|\xc2\xb7|[\xe3-\xe9][\x80-\xbf]{2})+")
"""Letters, digits, Chinese characters and the middle dot of names, in UTF-8: all that a secret is made of."""
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
RAW_ONLY = "vault.sqlite"
"""The one file that holds secrets, encrypted: searched as bytes, with its write-ahead log."""


class Scanner:
    """Knows the secrets, and finds them in texts and bytes by the runs of letters and digits they are made of."""

    def __init__(self, secrets: Collection[str]) -> None:
        self.secrets = {secret: secret.encode() for secret in secrets if secret}
        odd = [secret for secret, raw in self.secrets.items() if not RUN.fullmatch(raw)]
        assert odd == [], "a secret that the pattern of runs would cut"

    def scan(self, *folders: Path) -> dict[str, set[str]]:
        """Return file to the secrets in it, for every file below the folders."""
        found = {}
        for folder in folders:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                if secrets := self.in_file(path):
                    found[str(path.relative_to(folder))] = secrets
        return found

    def in_file(self, path: Path) -> set[str]:
        """Return the secrets in a file: in its name, its raw bytes, and what it contains."""
        runs = runs_of(path.name.encode()) | runs_of(path.read_bytes())
        if not path.name.startswith(RAW_ONLY):
            for text in contained(path):
                runs |= runs_of(plain(text).encode(errors="replace"))
        return self._among(runs)

    def in_text(self, text: str) -> set[str]:
        """Return the secrets in a text."""
        return self._among(runs_of(plain(text).encode(errors="replace")))

    def _among(self, runs: set[bytes]) -> set[str]:
        joined = b"\n".join(runs)
        return {secret for secret, raw in self.secrets.items() if raw in joined}


def runs_of(content: bytes) -> set[bytes]:
    """Return the runs of letters and digits in the bytes."""
    return set(RUN.findall(content))


def plain(text: str) -> str:
    """Return the text without percent-encoding and JSON escapes."""
    read = ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "\\u" in text else text
    return unquote(read) if "%" in read else read


def contained(path: Path) -> Iterator[str]:
    """Yield all text of a file: cell by cell, column by column where it has any; OSError where it is no such file."""
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"SQLite format 3"):
        yield from _sqlite(path)
    elif head[8:12] == b"DUCK":
        yield from _duckdb(path)
    elif head.startswith(b"PAR1"):
        table = pq.read_table(path)
        yield " ".join(table.column_names) + str(table.schema.metadata)
        yield from ("\n".join(map(str, column.to_pylist())) for column in table.columns)
    elif head.startswith(b"PK"):
        yield from _archive(path)
    else:
        yield path.read_text(encoding="utf-8", errors="replace")


def _archive(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            yield archive.read(part).decode("utf-8", "replace")
    if path.suffix == ".xlsx":
        yield from workbook_texts(path.read_bytes())


def workbook_texts(content: bytes) -> Iterator[str]:
    """Yield the cells and comments of every sheet of an .xlsx, hidden ones too."""
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        yield sheet.title
        for row in sheet.iter_rows():
            yield "\n".join(str(cell.value) for cell in row if cell.value is not None)
            yield "\n".join(cell.comment.text for cell in row if cell.comment is not None)


def _sqlite(path: Path) -> Iterator[str]:
    with _copied(path) as copy:
        connection = sqlite3.connect(copy)
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                yield "\n".join(_text(cell) for cell in row)
        connection.close()


def _duckdb(path: Path) -> Iterator[str]:
    with _copied(path) as copy, duckdb.connect(str(copy), read_only=True) as connection:
        columns = connection.execute(
            "SELECT database_name, schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
        for database, schema, table, column in columns:
            query = f'SELECT DISTINCT CAST("{column}" AS VARCHAR) FROM "{database}"."{schema}"."{table}"'
            yield "\n".join(_text(cell) for (cell,) in connection.execute(query).fetchall())


@contextmanager
def _copied(path: Path) -> Iterator[Path]:
    """Give a copy of a database with its write-ahead log, so that looking changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        for name in (path.name, f"{path.name}-wal", f"{path.name}.wal"):
            if (path.parent / name).exists():
                shutil.copy(path.parent / name, folder)
        yield Path(folder) / path.name


def _text(cell: object) -> str:
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
