"""Which county files are about, where no dataset.yaml says it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.contract import RECORD_TYPES
from domain.division import COUNTY, is_division
from domain.fact import Fact
from intake.reading.chunk import Chunk
from intake.reading.files import DataFile, read_file
from ledger.log import Ledger

NOWHERE = "0" * COUNTY
"""Stands for the county where nothing says which it is."""
_LOOKED_AT = 1000
"""Rows of a file that are looked at."""


def county_of(files: Iterable[DataFile]) -> str | None:
    """Return the county that most first rows name as their division, the rosters asked first; None where none does."""
    for file in sorted(files, key=lambda file: file.type != "rosters"):
        first = next(iter(read_file(file.path, RECORD_TYPES[file.type], rows=_LOOKED_AT)), None)
        county = county_of_chunk(first) if isinstance(first, Chunk) else None
        if county is not None:
            return county
    return None


def county_of_chunk(chunk: Chunk) -> str | None:
    """Return the county that most of a chunk's first rows name as their division; None where none does."""
    column = chunk.columns.get("division", [])[:_LOOKED_AT]
    codes = [code.strip()[:COUNTY] for code in column if code and is_division(code.strip())]
    return max(sorted(set(codes)), key=codes.count) if codes else None


def county_of_ledger(ledger: Ledger, kinds: Sequence[str] = ("policy", "file")) -> str | None:
    """Return the county of the ledger's latest policy, else file, that has one; None where there is none."""
    for kind in kinds:
        for recorded in reversed(ledger.of_type(kind)):
            event = ledger.event(recorded)
            if isinstance(event, Fact) and event.envelope.county != NOWHERE:
                return event.envelope.county
    return None
