"""What answers teach the model: townships of some counties answer their lists and deny, other counties are judged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from casework.model_evaluation import County, units_of
from risk.anomaly.evaluation.measures import measured
from risk.anomaly.evaluation.tables import measures_table
from risk.anomaly.evaluation.units import Unit
from risk.anomaly.evaluation.yardsticks import LEARNED, MODEL
from risk.anomaly.fitting import fit
from risk.anomaly.learning.taught import Taught
from risk.anomaly.learning.teaching import teach
from risk.anomaly.model import AnomalyModel
from risk.anomaly.outcomes import KNOWN
from risk.anomaly.peers import Normalised

DENIED = (0.0, 0.5, 0.8)
"""Share of true wrongs that townships deny."""
LISTED, DRAWN, CHECKED = 8, 2, 0.25
"""Of each township: the best of a grain, further ones by chance; share of denials that is drawn for a check."""


def learning_table(teaching: Sequence[County], judged: Sequence[County], seed: int = 0) -> str:
    """Return the measures of the model alone and taught at each share of denials, per grain, on other counties.

    One model is trained on the teaching counties' rows and scores the judged counties' rows.
    """
    rows = {grain: _together(teaching, grain) for grain in teaching[0].rows}
    rows = {grain: normal for grain, normal in rows.items() if normal.keys.num_rows}
    model = fit(rows, seed)
    taught: dict[str, AnomalyModel | Taught] = {MODEL: model}
    for denied in DENIED:
        answers = [_answers(unit, denied, seed) for county in teaching for unit in county.units if unit.grain in rows]
        taught[f"{LEARNED}, {denied:.0%} denied"] = teach(model, rows, pa.concat_tables(answers), seed)
    units = [unit for county in judged for unit in _scored(county, taught)]
    grains = [grain for grain in rows if any(unit.grain == grain for unit in units)]
    return measures_table([measured(units, grain, method) for grain in grains for method in taught])


def _together(counties: Sequence[County], grain: str) -> Normalised:
    """Return the counties' rows of a grain as one table; they keep the distances to their own peers.

    Made-up counties have one code and the same ids: the name of the data stands for the county.
    """
    parts = [county.rows[grain] for county in counties]
    named = [
        part.keys.set_column(0, "county", pa.array([county.name] * part.keys.num_rows, pa.string()))
        for county, part in zip(counties, parts, strict=True)
    ]
    keys = pa.concat_tables(named)
    arrays = (np.concatenate([getattr(part, name) for part in parts]) for name in Normalised._fields[2:])
    return Normalised(keys, parts[0].names, *arrays)


def _scored(county: County, taught: dict[str, AnomalyModel | Taught]) -> list[Unit]:
    scores: dict[str, dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]] = {}
    for method, model in taught.items():
        found = model.score(county.rows)
        names = np.array(found.column("grain").to_pylist(), dtype=object)
        values = found.column("score").to_numpy(zero_copy_only=False).astype(np.float64)
        for grain in county.rows:
            scores.setdefault(grain, {})[method] = values[names == grain]
    return list(units_of(county.name, county.rows, scores, county.cases))


def _answers(unit: Unit, denied: float, seed: int) -> pa.Table:
    """Return what a county's townships answer about a grain's lists, and what drawn checks find (schema KNOWN)."""
    chance = np.random.default_rng([seed, *unit.county.encode(), *unit.grain.encode()])
    townships = np.array(unit.townships, dtype=object)
    score = np.nan_to_num(unit.scores[MODEL], nan=-np.inf)
    rows = []
    for township in sorted(set(townships.tolist())):
        lies = float(np.clip(denied + chance.uniform(-0.3, 0.3) * (0.0 < denied < 1.0), 0.0, 1.0))
        here = np.flatnonzero(townships == township)
        best = here[np.argsort(-score[here], kind="stable")]
        rest = best[LISTED:]
        drawn = chance.choice(rest, min(DRAWN, len(rest)), replace=False)
        listed = [*best[:LISTED].tolist(), *drawn.tolist()]
        rows += [_answer(unit, place, township, lies, chance) for place in listed]
    return pa.Table.from_pylist(rows, schema=KNOWN)


def _answer(
    unit: Unit, place: int, township: str, lies: float, chance: np.random.Generator
) -> dict[str, str | float | None]:
    kind, subject = unit.subjects[place]
    wrong = bool(unit.wrong[place])
    answer = "confirmed" if wrong and chance.random() >= lies else "denied"
    checked = answer == "denied" and chance.random() < CHECKED
    return {
        "county": unit.county, "suspicion_id": f"{unit.county}:{unit.grain}:{subject}", "subject_type": kind,
        "subject_id": subject, "township": f"{unit.county}:{township}", "answer": answer,
        "checked": ("wrong" if wrong else "right") if checked else None, "probability": CHECKED if checked else None,
    }  # fmt: skip
