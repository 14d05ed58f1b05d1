"""Which encoding a text file has, found in one pass, and its lines with a bound on their length."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path

import msgspec

from intake.reading.reasons import CannotReadError, Obstacle

BLOCK_BYTES = 1 << 17
LINE_BYTES = 1 << 20
CUT_MARK = "\udcff\x00\udcff"
_CUT_BYTES = b"\xff\x00\xff"
_SAMPLE_BYTES = 4096
_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_CONTAINERS = (
    (b"PK\x03\x04", "xlsx/zip"),
    (b"\xd0\xcf\x11\xe0", "xls/OLE"),
    (b"PAR1", "parquet"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "PDF"),
)


class Survey(msgspec.Struct, frozen=True):
    """A text file's encoding (a Python codec name), and whether rows must be searched for wrong or NUL bytes."""

    encoding: str
    flawed: bool
    old_breaks: bool = False
    """Lines end in a carriage return alone."""


class _Count(msgspec.Struct):
    """How a decoding went: characters beyond ASCII that were read, and bytes that were not."""

    good: int = 0
    bad: int = 0


def survey(path: Path) -> Survey:
    """Find the encoding in bounded memory; raises CannotReadError for an empty file, UTF-16, UTF-32 or no text."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    if not sample:
        raise CannotReadError(Obstacle.EMPTY)
    _refuse_foreign(sample)
    nul = feed = False
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for block in _blocks(path):
            nul = nul or b"\x00" in block
            feed = feed or b"\n" in block
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _survey_invalid(path)
    return Survey(encoding="utf-8", flawed=nul, old_breaks=not feed and b"\r" in sample)


class Source:
    """A surveyed file's text, handed out in blocks of whole lines; `line` is the 1-based number of the next line.

    A line above LINE_BYTES is cut and ends in CUT_MARK; bytes that do not decode stand as lone surrogates. Every
    line that is handed out ends in a line feed, also the last one of a file that lacks it.
    """

    def __init__(self, path: Path, found: Survey) -> None:
        self.line = 1
        self._bytes = _BoundedLines(path, old_breaks=found.old_breaks)
        self._decoder = codecs.getincrementaldecoder(found.encoding)("surrogateescape")
        self._rest = ""
        self._begun = False

    def block(self, most: int) -> str:
        """Return the next lines, `most` of them or as many as stand in one block; '' at the end of the file."""
        while "\n" not in self._rest and self._fill():
            pass
        cut = self._rest.rfind("\n") + 1
        text = self._rest[:cut] if cut else self._rest and self._rest + "\n"
        self._rest = self._rest[cut:] if cut else ""
        count = text.count("\n")
        if count > most:
            cut = _after_line(text, most)
            text, self._rest = text[:cut], text[cut:] + self._rest
            count = most
        self.line += count
        return text

    def give_back(self, lines: list[str]) -> None:
        """Put lines back that were handed out last; they come again."""
        self._rest = "".join(lines) + self._rest
        self.line -= len(lines)

    def close(self) -> None:
        """Close the file."""
        self._bytes.close()

    def _fill(self) -> bool:
        read = self._bytes.read()
        text = self._decoder.decode(read, final=not read)
        if not self._begun:
            text, self._begun = text.removeprefix("\ufeff"), True
        self._rest += text
        return bool(read)


class _BoundedLines:
    """A file's bytes, where a line that grows beyond LINE_BYTES loses its rest up to the line break."""

    def __init__(self, path: Path, *, old_breaks: bool) -> None:
        self._file = path.open("rb", buffering=0)
        self._old_breaks = old_breaks
        self._length = 0

    def read(self) -> bytes:
        """Return the next block, empty at the end of the file."""
        while read := self._file.read(BLOCK_BYTES):
            if block := self._bounded(read.replace(b"\r", b"\n") if self._old_breaks else read):
                return block
        return b""

    def close(self) -> None:
        self._file.close()

    def _bounded(self, block: bytes) -> bytes:
        first = block.find(b"\n")
        head = len(block) if first < 0 else first
        was, self._length = self._length, self._length + head
        if first >= 0:
            self._length = len(block) - 1 - block.rfind(b"\n")
        if was + head <= LINE_BYTES:
            return block
        mark = _CUT_BYTES if was <= LINE_BYTES else b""
        return mark + block[head:]


def lines_of(text: str) -> list[str]:
    """Split a block into its lines, each with its line feed; no other character ends a line."""
    return list(io.StringIO(text, newline="\n"))


def _after_line(text: str, count: int) -> int:
    at = 0
    for _ in range(count):
        at = text.index("\n", at) + 1
    return at


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            yield block


def _refuse_foreign(sample: bytes) -> None:
    for mark, name in _MARKS:
        if sample.startswith(mark):
            raise CannotReadError(Obstacle.ENCODING, encoding=name)
    for mark, name in _CONTAINERS:
        if sample.startswith(mark):
            raise CannotReadError(Obstacle.NOT_TEXT, found=name)
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 5 > len(sample) // 2 and min(even, odd) * 10 < max(even, odd):
        raise CannotReadError(Obstacle.ENCODING, encoding="UTF-16")


def _survey_invalid(path: Path) -> Survey:
    """Choose for a file that is not clean UTF-8: GB18030, or the one of both that explains more of it."""
    utf8, gb = _count(path, "utf-8"), _count(path, "gb18030")
    if utf8.good > 2 * utf8.bad:
        return Survey(encoding="utf-8", flawed=True)
    if gb.bad == 0:
        return Survey(encoding="gb18030", flawed=any(b"\x00" in block for block in _blocks(path)))
    if gb.good > gb.bad and gb.good + utf8.good > 1:
        return Survey(encoding="gb18030", flawed=True)
    return Survey(encoding="utf-8", flawed=True)


def _count(path: Path, encoding: str) -> _Count:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    count = _Count()
    for block in _blocks(path):
        text = decoder.decode(block)
        bad = text.count("�")
        count.bad += bad
        count.good += len(text) - bad - len(text.encode("ascii", "ignore"))
    return count
