"""Time to detection: as-of days walked one after the other, and when each fraud first comes among the best."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import NamedTuple

from risk.anomaly.evaluation.linking import Linked
from risk.anomaly.evaluation.measures import caught, either
from risk.anomaly.evaluation.units import Unit

_HALF = 0.5


class Step(NamedTuple):
    """The units of a county as they stood on a day."""

    as_of: date
    units: tuple[Unit, ...]


class Detection(NamedTuple):
    """How soon a method finds the frauds of a county, or of several."""

    method: str
    frauds: int
    """With a first day and a subject that some grain has."""
    found: int
    """Among the first LISTED of a grain on one of the days."""
    days: float
    """From the first record to the first such day, the median of those found; NaN where none is."""


def detection(walks: Sequence[tuple[Sequence[Step], Sequence[Linked]]], method: str) -> Detection:
    """Return how soon a method finds frauds; per county its steps in order of days, and its cases.

    On each day a fraud counts as found of which a subject is more likely than not among the first LISTED of a grain.
    """
    waits: list[int] = []
    frauds = 0
    for steps, cases in walks:
        started = {number: case.first_on for number, case in enumerate(cases) if case.first_on is not None}
        seen: set[int] = set()
        found: dict[int, date] = {}
        for step in steps:
            chances = _chances(step, method)
            begun = {number for number in chances.keys() & started.keys() if started[number] <= step.as_of}
            seen |= begun
            for number in sorted(begun):
                if chances[number] > _HALF:
                    found.setdefault(number, step.as_of)
        frauds += len(seen)
        waits += [(day - started[number]).days for number, day in found.items()]
    return Detection(method, frauds, len(waits), float(median(waits)) if waits else float("nan"))


def _chances(step: Step, method: str) -> dict[int, float]:
    """Return by fraud the chance that on the day one of its subjects is among the first LISTED of any grain."""
    found: dict[int, float] = {}
    for unit in step.units:
        for fraud, chance in zip(unit.frauds, caught(unit, method).tolist(), strict=True):
            found[fraud.number] = either(found.get(fraud.number, 0.0), chance)
    return found
