"""Parquet files, batch by batch, every column type to text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from intake.reading.chunk import CellFault, Chunk
from intake.reading.headings import SERIAL_LABEL, Assigned
from intake.reading.identities import rounded_rows
from intake.reading.jsonobjects import text_of
from intake.reading.layout import no_heading
from intake.reading.options import Options
from intake.reading.reasons import CannotReadError, CellReason, Obstacle

_CHINA = timezone(timedelta(hours=8))
_DETAIL = 200


def read_parquet(path: Path, options: Options) -> Iterator[Chunk]:
    """Read a file in chunks of options.rows rows; lines are row numbers from 1.

    Raises CannotReadError where the file is damaged (rows before the damage have been given) or no column is known.
    """
    try:
        with pq.ParquetFile(path) as file:
            names = list(file.schema_arrow.names)
            assigned = options.index.assign([("", name) for name in names])
            if not assigned.fields:
                raise no_heading(options.record_type)
            first = 1
            for batch in file.iter_batches(batch_size=options.rows):
                yield _chunk(path.name, batch, assigned, first, options)
                first += batch.num_rows
            if first == 1:
                yield Chunk(path.name, {name: [] for name in assigned.fields}, {}, [], [], [])
    except (pa.ArrowException, ValueError, OverflowError, UnicodeDecodeError) as error:
        raise _damaged(error) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise _damaged(error) from error


def _damaged(error: Exception) -> CannotReadError:
    return CannotReadError(Obstacle.DAMAGED, format="parquet", detail=" ".join(str(error).split())[:_DETAIL])


def _chunk(place: str, batch: pa.RecordBatch, assigned: Assigned, first: int, options: Options) -> Chunk:
    chunk = Chunk(place, {}, {}, list(range(first, first + batch.num_rows)), [], [])
    for name, positions in assigned.fields.items():
        kind = options.types[name]
        columns = [_texts(_values(batch, at), kind, name, chunk.faults) for at in positions]
        chunk.columns[name] = columns[0]
        for other in columns[1:]:
            _compare(name, columns[0], other, chunk.faults)
        if kind == "identity":
            chunk.faults += [
                CellFault(row, name, columns[0][row] or "", CellReason.ROUNDED_ID) for row in rounded_rows(columns[0])
            ]
    names = batch.schema.names
    others = {**assigned.extra, **{names[at]: at for at in assigned.insurances.values()}}
    if assigned.serial is not None:
        others[SERIAL_LABEL] = assigned.serial
    for label, at in others.items():
        chunk.extra[label] = _texts(_values(batch, at), "", "", None)
    chunk.faults.sort(key=lambda fault: fault.row)
    return chunk


def _compare(name: str, column: list[str | None], other: list[str | None], faults: list[CellFault]) -> None:
    for row, (text, more) in enumerate(zip(column, other, strict=True)):
        if not text:
            column[row] = more
        elif more and more != text:
            faults.append(CellFault(row, name, f"{text} / {more}", CellReason.COLUMNS_DISAGREE))


def _values(batch: pa.RecordBatch, at: int) -> list[object]:
    column = batch.column(at)
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        return list(column.cast(pa.timestamp("us", column.type.tz), safe=False).to_pylist())
    return list(column.to_pylist())


def _texts(values: list[object], kind: str, name: str, faults: list[CellFault] | None) -> list[str | None]:
    texts: list[str | None] = []
    for row, value in enumerate(values):
        text, reason = _text(value, kind)
        texts.append(text)
        if reason and faults is not None:
            faults.append(CellFault(row, name, text or "", reason))
    return texts


def _text(value: object, kind: str) -> tuple[str | None, CellReason | None]:
    if value is None:
        return None, None
    if isinstance(value, str):
        return value, None
    if isinstance(value, datetime):
        return _moment(value), None
    if isinstance(value, date | time):
        return value.isoformat(), None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace"), None
    if isinstance(value, float):
        value = Decimal(repr(value))
        if not value.is_finite():
            return None, None
    return text_of(value, kind)


def _moment(moment: datetime) -> str:
    local = moment.astimezone(_CHINA).replace(tzinfo=None) if moment.tzinfo else moment
    return local.isoformat(sep=" ")
