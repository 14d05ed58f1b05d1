"""What is judged: the subjects of one grain in one county, what each method makes of them, and what they did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from risk.anomaly.evaluation.linking import Linked, Subject

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Fraud(NamedTuple):
    """A fraud with subjects in a unit."""

    number: int
    """Its place among the county's cases."""
    kind: str
    """Of a weak one, with the word behind."""
    places: NDArray[np.int64]
    """Of its subjects in the unit."""


class Unit(NamedTuple):
    """The subjects of a grain in a county; every array has one entry per subject."""

    county: str
    """Which county it is, by the name of its data."""
    grain: str
    subjects: tuple[Subject, ...]
    townships: tuple[str, ...]
    """Of each subject; empty where it has none."""
    wrong: Flags
    """A fraud is the subject's."""
    excused: Flags
    """A minor breach is, and no fraud: neither a hit nor a false alarm, and left out of all measures."""
    money: Floats
    """Fen of the frauds that are the subject's, each shared among its subjects of the grain."""
    frauds: tuple[Fraud, ...]
    """The frauds that have a subject here."""
    alike: Mapping[str, NDArray[np.int64]]
    """Kind of innocent case to the places of its subjects that did nothing wrong."""
    scores: Mapping[str, Floats]
    """Method to scores, higher for more abnormal; NaN where the method has none."""


def unit_of(
    county: str, grain: str, rows: pa.Table, scores: Mapping[str, Floats], cases: Sequence[Linked]
) -> Unit:
    """Return the unit of a grain's rows (subject_type, subject_id, township) with each method's score by row.

    A subject's score is that of its most abnormal row.
    """
    names = list(zip(*(rows.column(name).to_pylist() for name in ("subject_type", "subject_id")), strict=True))
    subjects: list[Subject] = sorted({(str(kind), str(subject)) for kind, subject in names})
    place_of = {subject: place for place, subject in enumerate(subjects)}
    at = np.array([place_of[str(kind), str(subject)] for kind, subject in names], dtype=np.int64)
    townships = [""] * len(subjects)
    for place, township in zip(at.tolist(), rows.column("township").to_pylist(), strict=True):
        townships[place] = str(township or townships[place])
    highest = {method: _highest(at, score, len(subjects)) for method, score in scores.items()}
    return _judged(county, grain, subjects, townships, highest, cases)


def _highest(at: NDArray[np.int64], score: Floats, count: int) -> Floats:
    best = np.full(count, -np.inf)
    known = ~np.isnan(score)
    np.maximum.at(best, at[known], score[known])
    return np.where(np.isinf(best), np.nan, best)


def _judged(
    county: str,
    grain: str,
    subjects: Sequence[Subject],
    townships: Sequence[str],
    scores: Mapping[str, Floats],
    cases: Sequence[Linked],
) -> Unit:
    place_of = {subject: place for place, subject in enumerate(subjects)}
    wrong, minor = np.zeros(len(subjects), dtype=bool), np.zeros(len(subjects), dtype=bool)
    money = np.zeros(len(subjects))
    frauds: list[Fraud] = []
    alike: dict[str, set[int]] = {}
    for number, linked in enumerate(cases):
        places = np.array(sorted(place_of[one] for one in linked.subjects if one in place_of), dtype=np.int64)
        if not len(places):
            continue
        if linked.case.verdict == "wrong":
            wrong[places] = True
            money[places] += linked.case.amount_fen / len(places)
            kind = linked.case.kind if linked.case.strong else f"{linked.case.kind} (weak)"
            frauds.append(Fraud(number, kind, places))
        elif linked.case.verdict == "minor":
            minor[places] = True
        else:
            alike.setdefault(linked.case.kind, set()).update(places.tolist())
    innocent = {kind: np.array(sorted(found), dtype=np.int64) for kind, found in alike.items()}
    return Unit(
        county,
        grain,
        tuple(subjects),
        tuple(townships),
        wrong,
        minor & ~wrong,
        money,
        tuple(frauds),
        {kind: found[~wrong[found]] for kind, found in innocent.items()},
        scores,
    )
