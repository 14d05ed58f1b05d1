"""What the model commands tell: one subject's standing with reasons, and two models beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from casework.kept_models import Used
from casework.model_world import AtHand
from risk.anomaly.percentile import Numbers
from risk.anomaly.reasons import Reason, explain, with_evidence
from risk.anomaly.subjects import judge

TOP = 20
"""Subjects per type that are compared by name: what a township can check in a run."""


class Standing(msgspec.Struct, frozen=True):
    """One of a subject's rows."""

    grain: str
    period: str
    fee: str | None
    percentile: float | None
    """None: too little data."""


class SubjectReport(msgspec.Struct, frozen=True):
    """How unusual a subject is, and why."""

    model: str
    county: str
    subject_type: str
    subject_id: str
    percentile: float | None
    """None: too little data."""
    grain: str
    period: str
    reasons: tuple[Reason, ...]
    rows: tuple[Standing, ...]
    """All its rows, the most unusual first."""


class Agreement(msgspec.Struct, frozen=True):
    """How far two models agree about the subjects of one type."""

    subject_type: str
    subjects: int
    """Judged by both."""
    rank_correlation: float
    """Spearman's; 1 where both rank alike."""
    same_top: int
    """Of the TOP most unusual, how many are so for both."""
    top: int
    most_moved: tuple[tuple[str, float, float], ...]
    """Subject, percentile of the first model, of the second."""


class Comparison(msgspec.Struct, frozen=True):
    """Two models over the same rows."""

    first: str
    second: str
    agreements: tuple[Agreement, ...]
    only_first: tuple[str, ...]
    """Grains that the second lacks."""
    only_second: tuple[str, ...]
    other_features: tuple[str, ...]
    """`<grain>/<feature>` that were computed in another way."""


def subject_reports(hand: AtHand, used: Used, subject: str) -> list[SubjectReport]:
    """Return a report per county and type in which there is the subject (`id`, or `type:id`); none where nobody is."""
    kind, colon, identifier = subject.partition(":")
    asked = pc.field("subject_id") == (identifier if colon else subject)
    if colon:
        asked &= pc.field("subject_type") == kind
    found = judge(used.model, used.scored).filter(asked)
    told = with_evidence(hand.engine, hand.known, explain(used.model, hand.rows, hand.known, found), hand.as_of)
    scored = used.scored.filter(asked)
    reports = []
    for row, one in zip(found.to_pylist(), told, strict=True):
        own = scored.filter((pc.field("county") == one.county) & (pc.field("subject_type") == one.subject_type))
        reports.append(
            SubjectReport(
                used.id, one.county, one.subject_type, one.subject_id, row["percentile"], one.grain, one.period,
                one.reasons if row["percentile"] is not None else (), _standings(own),
            )
        )  # fmt: skip
    return reports


def _standings(own: pa.Table) -> tuple[Standing, ...]:
    rows = own.sort_by(
        [("percentile", "descending"), ("grain", "ascending"), ("period", "descending"), ("fee", "ascending")]
    ).select(["grain", "period", "fee", "percentile"]).to_pylist()
    return tuple(Standing(**row) for row in rows)


def compare(first: Used, second: Used) -> Comparison:
    """Return how far two models agree; both must have been scored over the same rows."""
    one, other = judge(first.model, first.scored), judge(second.model, second.scored)
    kinds = sorted({str(kind) for kind in one.column("subject_type").to_pylist()})
    agreements = [_agreement(kind, one, other) for kind in kinds]
    mine, theirs = first.card.grains, second.card.grains
    changed = [
        f"{name}/{feature}"
        for name in sorted(mine.keys() & theirs.keys())
        for feature in sorted(mine[name].features.keys() | theirs[name].features.keys())
        if mine[name].features.get(feature) != theirs[name].features.get(feature)
    ]
    return Comparison(
        first.id, second.id, tuple(each for each in agreements if each is not None),
        tuple(sorted(mine.keys() - theirs.keys())), tuple(sorted(theirs.keys() - mine.keys())), tuple(changed),
    )  # fmt: skip


def _agreement(kind: str, one: pa.Table, other: pa.Table) -> Agreement | None:
    """Return the agreement about a type; None where fewer than two subjects are judged by both models."""
    rows = one.column("subject_type").to_numpy(zero_copy_only=False) == kind
    names = [str(name) for name in one.column("subject_id").filter(pa.array(rows)).to_pylist()]
    before, after = (
        table.column("percentile").to_numpy(zero_copy_only=False).astype(np.float64)[rows] for table in (one, other)
    )
    both = np.isfinite(before) & np.isfinite(after)
    if both.sum() < 2:
        return None
    names = [name for name, judged in zip(names, both, strict=True) if judged]
    before, after = before[both], after[both]
    top = min(TOP, len(names))
    same = len(set(_first(before, top)) & set(_first(after, top)))
    furthest = np.lexsort((np.arange(len(names)), -np.abs(after - before)))[:5]
    return Agreement(
        kind, len(names), round(_rank_correlation(before, after), 4), same, top,
        tuple((names[at], float(before[at]), float(after[at])) for at in furthest if before[at] != after[at]),
    )  # fmt: skip


def _first(values: Numbers, top: int) -> Sequence[int]:
    return [int(place) for place in np.lexsort((np.arange(len(values)), -values))[:top]]


def _rank_correlation(
    one: Numbers, other: Numbers
) -> float:
    """Return Spearman's correlation, equal values sharing their middle rank; 1 where neither ranks at all."""
    ranks = [_ranks(values) for values in (one, other)]
    spread = [float(np.std(rank)) for rank in ranks]
    if min(spread) == 0.0:
        return 1.0 if max(spread) == 0.0 else 0.0
    return float(np.mean((ranks[0] - ranks[0].mean()) * (ranks[1] - ranks[1].mean())) / (spread[0] * spread[1]))


def _ranks(
    values: Numbers,
) -> Numbers:
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[place], dtype=np.float64)
