"""The usual objects of a record type, nothing but its own fields as text or numbers: decoded at once into columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import msgspec

from domain.form import Field, RecordType
from intake.reading.jsonobjects import RowRefusedError, decode_object, text_of

Texts = list[str | None]
Row = Sequence[object]
"""An object's values in the order of the contract's fields."""
CONTRACT = 1
"""The version of the record contract that this program knows; a message may name its own in the field `contract`."""
CONTRACT_FIELD = "contract"
_EXACT = frozenset({"money", "integer"})
"""Types whose numbers must be read to the digit: they stay JSON until their column is read."""
_NOTHING = msgspec.Raw(b"")
_REMEMBERED = 100_000


class PlainReader:
    """Decodes the usual objects of one record type; whatever else an object may be is left to the ObjectReader."""

    def __init__(self, record_type: RecordType) -> None:
        fields = record_type.fields
        forms = [(field.name, _form_of(field), _NOTHING if field.type in _EXACT else None) for field in fields]
        named = [*forms, (CONTRACT_FIELD, int | None, None)]
        self._decoder = msgspec.json.Decoder(msgspec.defstruct("Plain", named, forbid_unknown_fields=True))
        self._blank: Row = tuple(default for _, _, default in forms)
        self._numbers = {at: _Numbers(field.type) for at, field in enumerate(fields) if field.type in _EXACT}

    def row(self, value: bytes) -> Row | None:
        """Return an object's values; None where it is not plain, or no object."""
        try:
            *cells, contract = msgspec.structs.astuple(self._decoder.decode(value))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        return cells if contract is None or contract == CONTRACT else None

    def columns(self, rows: Iterable[Row | None]) -> tuple[list[Texts], set[int]]:
        """Return a column of text per field, None for rows that are None, and the rows that are not plain after all."""
        columns = list(zip(*(row or self._blank for row in rows), strict=True))
        texts: list[Texts] = []
        odd: set[int] = set()
        for at, column in enumerate(columns):
            numbers = self._numbers.get(at)
            texts.append(_texts(column) if numbers is None else numbers.column(column, odd))
        return texts, odd


class _Numbers(dict[bytes, str | None]):
    """JSON to text in a column of numbers, remembered; `odd` holds what must be read key by key."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind
        self._odd: set[bytes] = set()

    def __missing__(self, raw: bytes) -> str | None:
        text = self._text(raw) if raw else None
        self[raw] = text
        return text

    def column(self, cells: Sequence[object], odd: set[int]) -> Texts:
        """Return the cells as text; the numbers of those that are no number are added to `odd`."""
        if len(self) > _REMEMBERED:
            self.clear()
            self._odd.clear()
        raws = list(map(bytes, cast("Sequence[msgspec.Raw]", cells)))
        texts = list(map(self.__getitem__, raws))
        if self._odd:
            odd.update(row for row, raw in enumerate(raws) if raw in self._odd)
        return texts

    def _text(self, raw: bytes) -> str | None:
        try:
            value = decode_object(b'{"x":' + raw + b"}")["x"]
        except RowRefusedError:
            self._odd.add(raw)
            return None
        if value is None:
            return None
        text, reason = text_of(value, self._kind)
        if reason is not None:
            self._odd.add(raw)
        return text


def _form_of(field: Field) -> object:
    if field.type in _EXACT:
        return msgspec.Raw
    return str | bool | int | None if field.type == "bool" else str | int | None


def _texts(column: Sequence[object]) -> Texts:
    if set(map(type, column)) <= {str, type(None)}:
        return cast("Texts", list(column))
    return [_text(cell) for cell in column]


def _text(cell: object) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
