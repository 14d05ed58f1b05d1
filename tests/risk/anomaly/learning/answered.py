"""A county of subjects with wrongs and look-alikes, whose townships answer their lists and deny what they like."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from risk.anomaly.learning.denials import believed
from risk.anomaly.learning.lessons import Training
from risk.anomaly.outcomes import KNOWN, labels_of

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TOWNSHIPS = 12
FEATURES = 10
LISTED = 30
WRONGS = ((0, 1), (2, 3), (1, 4))
"""Features that each kind of wrong moves."""
LOOK_ALIKES = ((5, 6), (7, 8))


class Subjects(NamedTuple):
    """Subjects with their features, an unsupervised score, and what nobody but the test knows."""

    features: Floats
    score: Floats
    wrong: Flags
    township: NDArray[np.int64]


def subjects(seed: int, count: int = 3000) -> Subjects:
    """Return subjects of which 4 % are wrong ones and 5 % look so."""
    chance = np.random.default_rng(seed)
    common = chance.standard_normal((count, 1))
    features = 0.4 * common + chance.standard_t(5, (count, FEATURES))
    kind = chance.random(count)
    wrong, alike = kind < 0.04, (kind >= 0.04) & (kind < 0.09)
    for rows, kinds, shift in ((wrong, WRONGS, 2.2), (alike, LOOK_ALIKES, 3.2)):
        for row in np.flatnonzero(rows):
            features[row, list(kinds[chance.integers(len(kinds))])] += shift * chance.uniform(0.7, 1.3, 2)
    score = np.sort(np.maximum(features, 0.0), axis=1)[:, -3:].mean(axis=1)
    features[chance.random(features.shape) < 0.05] = np.nan
    return Subjects(features, score, wrong, chance.integers(TOWNSHIPS, size=count))


def answers(found: Subjects, denied: float, seed: int, checked: float = 0.25) -> pa.Table:
    """Return what became of the lists (schema KNOWN): each township's best and some at random, answered and checked.

    denied: share of true wrongs that townships deny, on the average; they differ. checked: share of denials drawn.
    """
    chance = np.random.default_rng([seed, 5])
    lies = np.clip(denied + chance.uniform(-0.3, 0.3, TOWNSHIPS) * (0.0 < denied < 1.0), 0.0, 1.0)
    rows = []
    for township in range(TOWNSHIPS):
        here = np.flatnonzero(found.township == township)
        best = here[np.argsort(-found.score[here])]
        rest = best[LISTED - 3 :]
        listed = np.concatenate([best[: LISTED - 3], chance.choice(rest, min(3, len(rest)), replace=False)])
        for row in listed:
            wrong = bool(found.wrong[row])
            answer = "confirmed" if wrong and chance.random() >= lies[township] else "denied"
            drawn = answer == "denied" and chance.random() < checked
            rows.append(
                {
                    "county": "653123", "suspicion_id": f"S{row}", "category": "pocketed-cash",
                    "subject_type": "collector", "subject_id": f"C{row}", "township": f"6531231{township:02d}",
                    "answer": answer, "checked": ("wrong" if wrong else "right") if drawn else None,
                    "probability": checked if drawn else None, "amount_fen": 40000,
                }
            )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=KNOWN)


def training(found: Subjects, known: pa.Table) -> Training:
    """Return what there is to learn from."""
    ids = [f"C{row}" for row in range(len(found.score))]
    table = pa.table({"county": ["653123"] * len(ids), "subject_type": ["collector"] * len(ids), "subject_id": ids})
    labels = labels_of(table, known)
    return Training(found.score, found.features, labels, believed(known).of(labels), np.arange(len(ids)))
