"""Writes what a screening found, as contracts/outputs.md has it: suspicions, offices, findings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from casework.parquet import write_parquet
from domain.money import yuan
from risk.scoring.event_ids import record_of
from risk.scoring.suspicion import OFFICES, SUSPICIONS, Suspicion, rows

FINDINGS_FILES = ("suspicions.jsonl", "offices.jsonl", "findings.parquet")
"""What a screening found, by name; its event keeps the hash of each."""
_ENCODER = msgspec.json.Encoder()


class EvidenceLine(msgspec.Struct, frozen=True):
    """A record in the evidence of a suspicion, as the output names it."""

    type: str
    record_id: str
    source: str
    event_id: str


class ModelLine(msgspec.Struct, frozen=True):
    """What the anomaly model says of the subject."""

    id: str
    percentile: float


class SuspicionLine(msgspec.Struct, frozen=True):
    """One line of suspicions.jsonl or offices.jsonl; the order of keys is the contract's."""

    suspicion_id: str
    rank: int
    score: float
    category: str
    township: str | None
    village: str | None
    subject_type: str
    subject_id: str
    rules: tuple[str, ...]
    amount_at_risk: msgspec.Raw
    """Yuan, a number with exactly two decimals."""
    first_on: str | None
    last_on: str | None
    reasons: dict[str, tuple[str, ...]]
    addressee: str
    evidence: list[EvidenceLine]
    model: ModelLine | None = None


def line_of(suspicion: Suspicion, model: str | None) -> SuspicionLine:
    """Return the suspicion as the output states it, with the id of the model that gave its percentile."""
    percentile = suspicion.percentile
    records = [record_of(event_id) for event_id in suspicion.evidence]
    return SuspicionLine(
        suspicion_id=suspicion.suspicion_id,
        rank=suspicion.rank,
        score=suspicion.score,
        category=suspicion.category,
        township=suspicion.township,
        village=suspicion.village,
        subject_type=suspicion.subject_type,
        subject_id=suspicion.subject_id,
        rules=suspicion.rules,
        amount_at_risk=msgspec.Raw(yuan(suspicion.amount_at_risk_fen).encode("ascii")),
        first_on=suspicion.first_on.isoformat() if suspicion.first_on else None,
        last_on=suspicion.last_on.isoformat() if suspicion.last_on else None,
        reasons={"zh": suspicion.reasons_zh, "en": suspicion.reasons_en},
        addressee=suspicion.addressee,
        evidence=[EvidenceLine(ref.type, ref.record_id, ref.source, ref.event_id) for ref in records],
        model=ModelLine(model, percentile) if model is not None and percentile is not None else None,
    )


def write_outputs(
    suspicions: pa.Table, findings: pa.Table, out: Path, model: str | Mapping[str, str] | None = None
) -> tuple[Path, ...]:
    """Write suspicions.jsonl, offices.jsonl and findings.parquet into `out` and return their paths.

    `suspicions` is what risk.scoring.score.score returned, `model` the id of the model that judged, or
    each county's own by its code. Equal tables, in any order of findings, give equal bytes.
    Each file appears whole or not at all; OSError where it cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    jobs: tuple[tuple[str, Callable[[BinaryIO], None]], ...] = (
        ("suspicions.jsonl", lambda file: _write_lines(suspicions, SUSPICIONS, model, file)),
        ("offices.jsonl", lambda file: _write_lines(suspicions, OFFICES, model, file)),
        ("findings.parquet", lambda file: write_parquet(in_order(findings), file)),
    )
    written = []
    for name, write in jobs:
        with replacing(out / name) as file:
            write(file)
        written.append(out / name)
    return tuple(written)


def in_order(findings: pa.Table) -> pa.Table:
    """Return the findings sorted by rule, county, subject and then every other column, whatever their order was."""
    first = ("rule", "county", "subject_type", "subject_id")
    keys = [name for name in first if name in findings.column_names]
    keys += [name for name in findings.column_names if name not in first]
    with duckdb.connect(":memory:") as connection:
        connection.register("findings", findings)
        listed = ", ".join(f'"{name}"' for name in keys)
        ordered: pa.Table = connection.sql(f"FROM findings ORDER BY {listed}").to_arrow_table()
    return ordered.cast(findings.schema).combine_chunks()


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path` that takes its name when the block ends well, and else is removed."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _write_lines(suspicions: pa.Table, file_name: str, model: str | Mapping[str, str] | None, file: BinaryIO) -> None:
    chosen = rows(suspicions.filter(pc.field("file") == file_name))
    for suspicion in chosen:
        own = model.get(suspicion.county) if isinstance(model, Mapping) else model
        file.write(_ENCODER.encode(line_of(suspicion, own)) + b"\n")
