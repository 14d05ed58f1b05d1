"""Examples side by side in one world: each moved to a county of its own, and what is found there moved back."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from risk.catalogue.example_form import Example, Rows
from risk.catalogue.world import COUNTY

_DIVISION = re.compile(rf'"{COUNTY}((?:[0-9]{{3}}){{0,2}})"')
"""A cell, as JSON writes it, that is the code of the county, of one of its townships or of one of its villages."""


def movable(example: Example) -> bool:
    """Say whether an example can move: it has rows, of no other county, and no parameter that names a place."""
    counties = {row.get("county", COUNTY) for rows in example.rows.values() for row in rows}
    return counties == {COUNTY} and not any(COUNTY in str(value) for value in example.parameters.values())


def moved(examples: Sequence[Example]) -> dict[str, Example]:
    """Return the examples by the county to which each moves: a code that no place bears."""
    return {county: _in(example, county) for county, example in zip(_counties(len(examples)), examples, strict=True)}


def _counties(count: int) -> list[str]:
    return [f"X{number:05d}" for number in range(count)]


def _in(example: Example, county: str) -> Example:
    text = msgspec.json.encode(example.rows).decode()
    rows = msgspec.json.decode(_DIVISION.sub(rf'"{county}\1"', text), type=Rows)
    return msgspec.structs.replace(
        example, rows={table: [{**row, "county": county} for row in own] for table, own in rows.items()}
    )


def moved_back(value: object, county: str) -> object:
    """Return a value of a finding as it is without the move: the county's own code wherever the other stands."""
    if isinstance(value, str):
        return value.replace(county, COUNTY)
    if isinstance(value, list):
        return [moved_back(item, county) for item in value]
    if isinstance(value, dict):
        return {name: moved_back(item, county) for name, item in value.items()}
    return value
