"""How far the data have moved since a model's training: population stability per feature and of the scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from domain.cases.model import Baseline, GrainCard, ModelCard
from risk.anomaly.percentile import Numbers
from risk.anomaly.rows import Rows, enough

BINS = 10
MODERATE, SHIFTED = 0.1, 0.25
"""The usual limits of the index: from here on somebody should look, from here on the model should be trained anew."""
CHANCE = 2.0
"""An index up to so many times what chance alone gives between samples of these sizes is no change."""
LEAST_CHANGE = 10
DEVIATIONS = 3.0
"""A rule's findings have changed where they differ by LEAST_CHANGE, and by so many standard deviations of a count."""

Standing = Literal["stable", "moderate", "shifted"]


class Moved(msgspec.Struct, frozen=True):
    """How far one number of one grain has moved."""

    grain: str
    feature: str
    """Its name; "score" for the scores of the whole row."""
    index: float
    """Population stability index: sum over bins of (now - then) x ln(now / then)."""
    standing: Standing
    rows_then: int
    rows_now: int


class Volume(msgspec.Struct, frozen=True):
    """The findings of one rule in two runs."""

    rule: str
    before: int
    now: int
    changed: bool


def baseline_of(values: Numbers) -> Baseline:
    """Return the bins and shares of a training's values; NaN is missing. Bins hold about equally many rows."""
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS)) if len(known) else np.empty(0)
    return Baseline(tuple(edges.tolist()), tuple(_shares(values, edges).tolist()))


def _shares(values: Numbers, edges: Numbers) -> Numbers:
    """Return the share of values per bin and, last, of missing ones."""
    known = values[~np.isnan(values)]
    counts = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1)
    return np.append(counts, len(values) - len(known)) / max(len(values), 1)


def moved(baseline: Baseline, rows_then: int, values: Numbers) -> tuple[float, Standing]:
    """Return the index of values against a baseline of `rows_then` rows, and what it means; 0 where there are none."""
    if not len(values) or not rows_then:
        return 0.0, "stable"
    now, then = _shares(values, np.array(baseline.edges)), np.array(baseline.shares)
    chance = (len(then) - 1) * (1 / rows_then + 1 / len(values))
    least = 0.5 / max(rows_then, len(values))
    now, then = np.maximum(now, least), np.maximum(then, least)
    index = round(float(np.sum((now - then) * np.log(now / then))), 4)
    if index < max(MODERATE, CHANCE * chance):
        return index, "stable"
    return index, "moderate" if index < SHIFTED else "shifted"


def drift(card: ModelCard, rows: Rows, scored: pa.Table) -> list[Moved]:
    """Return every feature and score of a model's grains against the rows of today, the furthest moved first.

    `scored` is what the model's score(rows) gave.
    """
    found: list[Moved] = []
    for name, grain in card.grains.items():
        if name not in rows or rows[name].names != tuple(grain.features):
            continue
        found += [_moved(name, grain, feature, values) for feature, values in _columns(rows, name).items()]
        scores = scored.filter(pc.field("grain") == name).column("score")
        known = scores.drop_null().to_numpy().astype(np.float64)
        found.append(_moved(name, grain, "score", known))
    return sorted(found, key=lambda one: (-one.index, one.grain, one.feature))


def _columns(rows: Rows, name: str) -> dict[str, Numbers]:
    normal = rows[name]
    told = normal.values[enough(normal)]
    return {feature: told[:, place] for place, feature in enumerate(normal.names)}


def _moved(name: str, grain: GrainCard, feature: str, values: Numbers) -> Moved:
    baseline = grain.scores if feature == "score" else grain.baselines[feature]
    index, standing = moved(baseline, grain.rows, values)
    return Moved(name, feature, index, standing, grain.rows, len(values))


def volumes(before: Mapping[str, str], now: Mapping[str, str]) -> list[Volume]:
    """Return the findings of each rule that both runs ran, from its outcomes in the words of run.json, by rule."""
    counted = [(rule, _found(before[rule]), _found(now[rule])) for rule in sorted(now) if rule in before]
    return [
        Volume(rule, then, found, _changed(then, found))
        for rule, then, found in counted
        if then is not None and found is not None
    ]


def _found(outcome: str) -> int | None:
    kind, _, count = outcome.partition(" ")
    if kind == "found":
        return int(count)
    return 0 if outcome == "none" else None


def _changed(before: int, now: int) -> bool:
    return abs(now - before) >= max(LEAST_CHANGE, DEVIATIONS * float(np.sqrt(now + before)))
