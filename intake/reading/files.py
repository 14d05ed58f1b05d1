"""Data files of a folder, and reading any of them into chunks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from domain.contract import RECORD_TYPES
from domain.form import RecordType
from intake.reading.chunk import Chunk, Unreadable
from intake.reading.columnar import read_parquet
from intake.reading.jsonlines import read_jsonlines
from intake.reading.options import Options
from intake.reading.reasons import CannotReadError, Obstacle, Text
from intake.reading.textfile import read_csv
from intake.reading.workbook import read_workbook

READERS: dict[str, Callable[[Path, Options], Iterator[Chunk | Unreadable]]] = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".txt": read_csv,
    ".xlsx": read_workbook,
    ".xls": read_workbook,
    ".jsonl": read_jsonlines,
    ".parquet": read_parquet,
}
_NOT_DATA = frozenset({"dataset.yaml", "policy.yaml", "mapping.yaml"})
_NUMBER = re.compile(r"([0-9]+)")
_NAME_ENDS = re.compile(r"[-_0-9\s(（【\[.·]")
"""What may follow a record type's Chinese name in a file's name."""
_BINARY = (b"PK", b"\xd0\xcf\x11\xe0")
_SAMPLE_BYTES = 512


class DataFile(msgspec.Struct, frozen=True):
    """A file of a data folder and the record type that its name says; '' where no type or format fits."""

    path: Path
    type: str


def find_files(folder: Path) -> list[DataFile]:
    """List a data folder: `<type>.<ext>` and `<type>-*.<ext>` in natural order of names, unknown files with type ''.

    Folders (truth/ among them), hidden files, spreadsheet lock files, dataset.yaml and policy.yaml are not listed; what
    is named like a data file is, whatever it is.
    """
    seen = [path for path in folder.iterdir() if not path.name.startswith((".", "~$"))]
    files = [path for path in seen if path.is_file() or type_of(path)]
    known = [DataFile(path, type_of(path)) for path in files if path.name not in _NOT_DATA]
    return sorted(known, key=lambda file: (file.type, natural(file.path.stem), file.path.suffix))


def type_of(path: Path) -> str:
    """Return the record type that a file's name says, in the contract's word or in Chinese; '' where it says none.

    Of several that fit, the longest counts.
    """
    if path.suffix.lower() not in READERS:
        return ""
    fitting = [name for name in RECORD_TYPES if path.stem == name or path.stem.startswith(f"{name}-")]
    if fitting:
        return max(fitting, key=len)
    chinese = [each for each in RECORD_TYPES.values() if _is_called(path.stem, each.zh)]
    return max(chinese, key=lambda each: len(each.zh)).name if chinese else ""


def why_unread(name: str) -> Text:
    """Return why a file that no record type claims is not read: its format, else its name."""
    if Path(name).suffix.lower() in READERS:
        return Text("文件名不是记录类型，未读取", "not named after a record type; not read")
    return Text(
        f"不是可读取的格式（{'、'.join(READERS)}），未读取",
        f"none of the formats that are read ({', '.join(READERS)}); not read",
    )


def _is_called(stem: str, name: str) -> bool:
    return stem == name or (stem.startswith(name) and _NAME_ENDS.match(stem[len(name) :]) is not None)


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Return a key that orders names as people do: part 2 before part 10, `payments` before `payments-1`."""
    parts = _NUMBER.split(name)
    return tuple((int(part), part) if part.isascii() and part.isdigit() else (-1, part) for part in parts if part)


def read_file(
    path: Path,
    record_type: RecordType,
    *,
    mapping: Mapping[str, str] | None = None,
    rows: int = 20_000,
    year: int | None = None,
    county: str | None = None,
) -> Iterator[Chunk | Unreadable]:
    """Read a file of any of READERS' formats into chunks of at most `rows` records, in the file's order.

    mapping: further headings -> contract field name. year: the fee year where the file tells none. county: stands in a
    generated id where a table has no division column. What cannot be read at all comes as Unreadable and does not end
    the other sheets. Raises ValueError for a mapping to an unknown field and for rows below 1, at the first chunk.
    """
    options = Options(record_type, mapping, rows, year, county)
    try:
        reader = READERS.get(path.suffix.lower())
        if reader is read_workbook and path.is_file() and _is_text(path):
            reader = read_csv
        if not path.is_file():
            yield _unreadable(path, CannotReadError(Obstacle.NOT_A_FILE))
        elif reader is None:
            yield _unreadable(path, CannotReadError(Obstacle.UNKNOWN_FORMAT, suffix=path.suffix or path.name))
        else:
            yield from reader(path, options)
    except CannotReadError as error:
        yield _unreadable(path, error)
    except OSError as error:
        yield _unreadable(path, CannotReadError(Obstacle.NOT_OPENED, detail=error.strerror or str(error)))


def _is_text(path: Path) -> bool:
    """Say whether text stands in a file named like a workbook, as systems export it; CannotReadError for a page."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    if not sample or sample.startswith(_BINARY):
        return False
    if sample.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise CannotReadError(Obstacle.WEB_PAGE, suffix=path.suffix)
    return b"\x00" not in sample


def _unreadable(path: Path, error: CannotReadError) -> Unreadable:
    return Unreadable(path.name, error.text.zh, error.text.en)
