"""Rows beside their peers, made up: a grain of ten features and subjects who differ in those that a test chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from risk.anomaly.feature_card import Explanation, Feature, GrainCard
from risk.anomaly.features import Grain
from risk.anomaly.peers import Normalised
from risk.anomaly.rows import beside_peers
from risk.catalogue.card import Bilingual

NAMES = tuple(f"f{place}" for place in range(10))
UNITS = ("share", "hours", "days", "yuan", "ratio", "records", "share", "hours", "days", "records")
COUNTY, TOWNSHIP = "653123", "653123100"


def feature(name: str, unit: str) -> Feature:
    """Return a feature of which more is suspicious."""
    innocent = Explanation(f"{name}的正当原因", f"{name} explained", Bilingual("证明", "a paper"))
    return Feature(name, unit, "high", 1, 0.01, Bilingual(f"{name}名称", name), Bilingual("缘由", "why"), (innocent,))


def grain(name: str = "collector-season", subject: str = "collector") -> Grain:
    """Return a grain with the ten features, compared within the county."""
    card = GrainCard(
        name, 1, "account" if subject == "account" else "collector", Bilingual("代收人按年度", "collectors by season"),
        Bilingual("一行", "a row"), (), ((),), tuple(map(feature, NAMES, UNITS)),
    )  # fmt: skip
    return Grain(Path(name), card, "SELECT 1", "SELECT 1")


def values(rows: int, seed: int, planted: Mapping[int, Sequence[int]] | None = None) -> np.ndarray[
    tuple[int, ...], np.dtype[np.float64]
]:
    """Return rows × ten numbers around 10; `planted`: row to the features in which it stands out."""
    made = np.random.default_rng(seed).normal(10.0, 1.0, (rows, len(NAMES)))
    for row, features in (planted or {}).items():
        made[row, list(features)] += 8.0
    return made


def table(numbers: np.ndarray[tuple[int, ...], np.dtype[np.float64]], county: str = COUNTY) -> pa.Table:
    """Return a feature table: one row per subject K0000, K0001 ... of one season; NaN is missing."""
    rows = len(numbers)
    keys = {
        "county": pa.array([county] * rows),
        "subject_type": pa.array(["collector"] * rows),
        "subject_id": pa.array([f"K{row:04d}" for row in range(rows)]),
        "township": pa.array([TOWNSHIP] * rows),
        "village": pa.array([None] * rows, pa.string()),
        "fee": pa.array(["resident-medical"] * rows),
        "period": pa.array(["2026"] * rows),
        "period_from": pa.array([date(2025, 9, 1)] * rows),
        "period_to": pa.array([date(2026, 2, 28)] * rows),
        "n": pa.array([50] * rows, pa.int64()),
        "size": pa.array([50] * rows, pa.int64()),
    }
    features = {name: pa.array(numbers[:, place], from_pandas=True) for place, name in enumerate(NAMES)}
    return pa.table({**keys, **features})


def rows_of(numbers: np.ndarray[tuple[int, ...], np.dtype[np.float64]], county: str = COUNTY) -> dict[str, Normalised]:
    """Return the numbers beside their peers, as a model takes them."""
    return {"collector-season": beside_peers(table(numbers, county), grain())}
