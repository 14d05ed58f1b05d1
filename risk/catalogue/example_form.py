"""What examples.toml holds: rows in, findings out; and how an example takes the rows of the one that it is based on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from risk.catalogue.card import Scalar, Value
from risk.catalogue.rule import EXAMPLES, MalformedRule, read_toml

Kind = Literal["fires", "innocent", "exclusion", "threshold-on", "threshold-beyond", "boundary"]
Item = Scalar | dict[str, Scalar | list[Scalar]]
Cell = Scalar | list[Item] | dict[str, Scalar | list[Item]]
Row = dict[str, Cell]
Rows = dict[str, list[Row]]


class WrittenExample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One [[example]] as it stands in the file."""

    name: str
    kind: Kind
    explains: str | None = None
    """The innocent explanation that an innocent example shows."""
    of: str | None = None
    """The parameter that a threshold example stands on or just beyond."""
    based_on: str | None = None
    as_of: date | None = None
    parameters: dict[str, Value] = {}
    rows: Rows = {}
    findings: tuple[Row, ...] = ()


class WrittenExamples(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of examples.toml."""

    as_of: date
    example: tuple[WrittenExample, ...] = ()


class Example(msgspec.Struct, frozen=True):
    """An example with the rows, the as-of day and the parameters of what it is based on taken in."""

    file: Path
    line: int
    name: str
    kind: Kind
    explains: str | None
    of: str | None
    as_of: date
    parameters: dict[str, Value]
    rows: Rows
    findings: tuple[Row, ...]


def read_examples(folder: Path) -> tuple[Example, ...]:
    """Return the examples of a rule's folder, in their order; MalformedRule with file and line."""
    path = folder / EXAMPLES
    written = read_toml(path, WrittenExamples)
    lines = _lines(path.read_text("utf-8"))
    by_name: dict[str, WrittenExample] = {}
    for example in written.example:
        if example.name in by_name:
            problem = f"两个示例同名 {example.name}", f"two examples are named {example.name}"
            raise MalformedRule(path, lines.get(example.name, 1), *problem)
        by_name[example.name] = example
    return tuple(_resolved(path, lines, written.as_of, _chain(path, lines, by_name, one)) for one in written.example)


def _lines(text: str) -> dict[str, int]:
    """Return for each example's name the line where it stands."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        key, _, value = line.partition("=")
        if key.strip() == "name":
            found.setdefault(value.split("#")[0].strip().strip("\"'"), number)
    return found


def _chain(
    path: Path, lines: dict[str, int], by_name: dict[str, WrittenExample], example: WrittenExample
) -> list[WrittenExample]:
    """Return the example and what it is based on, the deepest first."""
    chain = [example]
    while chain[0].based_on is not None:
        base = by_name.get(chain[0].based_on)
        if base is None or base in chain:
            name = chain[0].based_on
            problem = (
                f"所依据的示例 {name} 不存在或循环",
                f"based on {name}, which does not exist or comes back to itself",
            )
            raise MalformedRule(path, lines.get(example.name, 1), *problem)
        chain.insert(0, base)
    return chain


def _resolved(path: Path, lines: dict[str, int], as_of: date, chain: list[WrittenExample]) -> Example:
    rows: Rows = {}
    parameters: dict[str, Value] = {}
    for one in chain:
        as_of = one.as_of or as_of
        parameters |= one.parameters
        rows = merged(rows, one.rows)
    last = chain[-1]
    return Example(
        path,
        lines.get(last.name, 1),
        last.name,
        last.kind,
        last.explains,
        last.of,
        as_of,
        parameters,
        rows,
        last.findings,
    )


def merged(base: Rows, own: Rows) -> Rows:
    """Return base's rows with own's: one of the same key has its named columns replaced, any other is added.

    The key is record_id, of a case table's row event_id.
    """
    result = {table: list(rows) for table, rows in base.items()}
    for table, rows in own.items():
        taken = result.setdefault(table, [])
        places = {key: place for place, row in enumerate(taken) if (key := _key(row)) is not None}
        for row in rows:
            key = _key(row)
            place = None if key is None else places.get(key)
            if place is None:
                taken.append(row)
            else:
                taken[place] = taken[place] | row
    return result


def _key(row: Row) -> str | None:
    key = row.get("record_id", row.get("event_id"))
    return key if isinstance(key, str) else None
