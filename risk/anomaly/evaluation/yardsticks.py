"""What the model is held against in the same run: chance, the best single rule, and a plain isolation forest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest

from risk.anomaly.evaluation.linking import Subject
from risk.anomaly.evaluation.units import Unit
from risk.anomaly.ranking import Ranking
from risk.catalogue.card import GRAVITY

Floats = NDArray[np.float64]

MODEL, LEARNED = "model", "learned"
CHANCE, RULE, FOREST = "random", "best rule", "isolation forest"
Told = Mapping[str, Mapping[Subject, float]]
"""Rule to what it says of subjects."""
_STEP = 1e15
"""More fen than any finding has: severity first, money second."""


def forest(matrix: Floats, seed: int) -> Floats:
    """Return scikit-learn's IsolationForest, as it comes, on the same numbers; higher is more abnormal.

    matrix: rows × features, NaN where a feature says nothing: there the peers' median stands, which is 0.
    """
    plain = np.nan_to_num(matrix, nan=0.0)
    return np.asarray(-IsolationForest(random_state=seed).fit(plain).score_samples(plain), dtype=np.float64)


def chance(count: int) -> Floats:
    """Return scores that are all alike: measures then say what chance would reach on the average."""
    return np.zeros(count)


def rule_scores(findings: pa.Table, county: str) -> dict[str, dict[Subject, float]]:
    """Return per rule what it says of each subject of a county: its strongest finding, then the money."""
    found: dict[str, dict[Subject, float]] = {}
    columns = ("county", "rule", "severity", "subject_type", "subject_id", "amount_at_risk_fen")
    for row in findings.select(list(columns)).to_pylist():
        if row["county"] != county:
            continue
        kind = "account" if row["subject_type"] == "card" else row["subject_type"]
        said = GRAVITY.index(row["severity"]) * _STEP + max(0, row["amount_at_risk_fen"] or 0) + 1.0
        of_rule = found.setdefault(row["rule"], {})
        of_rule[kind, row["subject_id"]] = max(said, of_rule.get((kind, row["subject_id"]), 0.0))
    return found


def best_rule(units: Sequence[Unit], rules: Sequence[Told]) -> str:
    """Return the one rule that is best over all units of a grain; empty where no rule says anything.

    rules: rule_scores of each unit's county. The rule is chosen on the very truth it is judged on: the yardstick is as
    good as a single rule can be.
    """
    names = sorted({name for told in rules for name in told})
    reached = {
        name: sum(
            _reached(unit, _by_place(unit, told.get(name, {}))) for unit, told in zip(units, rules, strict=True)
        )
        for name in names
    }
    return max(names, key=lambda name: reached[name], default="")


def with_rule(unit: Unit, told: Told, name: str) -> Unit:
    """Return the unit with the scores of a rule; a subject that it says nothing of has score 0."""
    return unit._replace(scores={**unit.scores, RULE: _by_place(unit, told.get(name, {}))})


def _by_place(unit: Unit, told: Mapping[Subject, float]) -> Floats:
    return np.array([told.get(subject, 0.0) for subject in unit.subjects], dtype=np.float64)


def _reached(unit: Unit, score: Floats) -> float:
    if not unit.wrong.any():
        return 0.0
    judged = ~unit.excused
    wrong = unit.wrong[judged].astype(np.float64)
    return Ranking(score[judged]).average_precision(wrong, np.ones(len(wrong)))
