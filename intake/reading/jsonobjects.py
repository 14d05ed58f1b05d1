"""One JSON object to text cells: what a field takes, and how every value reads as text."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import msgspec

from intake.reading.headings import HeadingIndex
from intake.reading.reasons import CellReason

DEPTH = 64
"""Objects and lists inside one another, the outermost counted; deeper is refused."""
_DIGITS = 40
_NUMBER_KINDS = frozenset({"money", "integer"})
_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(order="sorted", decimal_format="number")


class RowRefusedError(Exception):
    """A line or message that is no readable object."""

    def __init__(self, reason: CellReason) -> None:
        self.reason = reason
        super().__init__(reason.value)


class ObjectRead(msgspec.Struct):
    """An object's contract fields and the rest as text, with (field, text, reason) of what cannot be read."""

    cells: dict[str, str]
    extra: dict[str, str]
    faults: list[tuple[str, str, CellReason]]


def decode_object(data: bytes) -> dict[str, object]:
    """Decode one JSON object exactly (fractions as Decimal); raises RowRefusedError for what is none."""
    try:
        value: object = _decoder.decode(data)
    except UnicodeDecodeError as error:
        raise RowRefusedError(CellReason.UNDECODABLE) from error
    except RecursionError as error:
        raise RowRefusedError(CellReason.TOO_DEEP) from error
    except (msgspec.ValidationError, InvalidOperation) as error:
        raise RowRefusedError(CellReason.NUMBER_OUT_OF_RANGE) from error
    except msgspec.DecodeError as error:
        raise RowRefusedError(CellReason.NOT_JSON) from error
    if not isinstance(value, dict):
        raise RowRefusedError(CellReason.NOT_AN_OBJECT)
    if data.count(b"{") + data.count(b"[") > DEPTH and _is_deep(value):
        raise RowRefusedError(CellReason.TOO_DEEP)
    return {str(key): item for key, item in value.items()}


class ObjectReader:
    """Reads objects of one record type; keys are field names, Chinese headings or a mapping's headings."""

    def __init__(self, index: HeadingIndex, types: dict[str, str]) -> None:
        self._index = index
        self._types = types
        self._fields: dict[str, str] = {}

    def read(self, found: dict[str, object]) -> ObjectRead:
        """Read a decoded object; null and an absent key are the same, a key that no field claims is extra."""
        read = ObjectRead({}, {}, [])
        for key, value in found.items():
            if value is None:
                continue
            name = self._field(key)
            if name:
                self._take(name, value, read)
            else:
                read.extra[key] = value if isinstance(value, str) else _encoder.encode(value).decode()
        return read

    def _field(self, key: str) -> str:
        if key not in self._fields:
            claim = self._index.claim(key)
            name = claim[1] if claim else ""
            if len(self._fields) > _KEYS_KEPT:
                return name
            self._fields[key] = name
        return self._fields[key]

    def _take(self, name: str, value: object, read: ObjectRead) -> None:
        text, reason = text_of(value, self._types[name])
        if reason:
            read.faults.append((name, text, reason))
        elif text and read.cells.get(name) and read.cells[name] != text:
            read.faults.append((name, f"{read.cells[name]} / {text}", CellReason.COLUMNS_DISAGREE))
        if not read.cells.get(name):
            read.cells[name] = text


_KEYS_KEPT = 10_000


def text_of(value: object, kind: str) -> tuple[str, CellReason | None]:
    """Return a JSON value's text for a field of that type, and why it cannot be read where it cannot.

    Text is taken as it is, a whole number by every type but bool's true and false, a fraction by money and integer, a
    list by a list field (';' between the items).
    """
    if isinstance(value, str):
        return value, None
    if isinstance(value, bool):
        return ("true" if value else "false"), None if kind == "bool" else CellReason.WRONG_TYPE
    if isinstance(value, int):
        return str(value), None
    if isinstance(value, Decimal):
        return _number_text(value, kind)
    if isinstance(value, list) and kind == "list" and all(isinstance(item, str | int) for item in value):
        return ";".join(str(item) for item in value), None
    return _encoder.encode(value).decode(), CellReason.WRONG_TYPE


def _number_text(value: Decimal, kind: str) -> tuple[str, CellReason | None]:
    if abs(value.adjusted()) > _DIGITS:
        return str(value), CellReason.NUMBER_OUT_OF_RANGE
    whole = value == value.to_integral_value()
    text = format(value.to_integral_value() if whole else value, "f")
    return text, None if whole or kind in _NUMBER_KINDS else CellReason.WRONG_TYPE


def _is_deep(value: object) -> bool:
    level: list[object] = [value]
    for _ in range(DEPTH + 1):
        if not level:
            return False
        level = [item for holder in level for item in _held(holder)]
    return True


def _held(value: object) -> list[object]:
    items: list[object] = [*value.values()] if isinstance(value, dict) else [*value] if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict | list)]
