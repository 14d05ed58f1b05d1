"""The features of every grain: read from features/<NN>_<name>/, run over a world, and the records behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import pyarrow as pa

from risk.anomaly.feature_card import Feature, GrainCard
from risk.catalogue.card import Bilingual
from risk.catalogue.rule import MalformedRule, read_toml
from risk.engine import Engine

FEATURES = Path(__file__).resolve().parent / "features"
CARD, QUERY, EVIDENCE, EXAMPLES = "features.toml", "features.sql", "evidence.sql", "examples.toml"
KEYS = (
    "county", "subject_type", "subject_id", "township", "village", "fee", "period", "period_from", "period_to", "n",
    "size",
)  # fmt: skip
"""The columns before the features, in this order."""
ORDER = ("county", "subject_id", "fee", "period")
EVIDENCE_COLUMNS = ("county", "subject_id", "period", "feature", "event_id")
SHOWN = 20
"""Records of a row and feature that a person is shown, at most."""


class Grain(msgspec.Struct, frozen=True):
    """One grain: who is compared over which stretch of time, its query, and the query for the records behind it."""

    folder: Path
    card: GrainCard
    sql: str
    evidence_sql: str

    @property
    def id(self) -> str:
        """The grain's name, as in `collector-week`."""
        return self.card.id

    @property
    def subject_type(self) -> Literal["collector", "terminal", "account", "village"]:
        """What a row is about; a card is an account."""
        return self.card.subject

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features in the order of the query's columns."""
        return self.card.features

    @property
    def needs(self) -> tuple[str, ...]:
        """The record types without which the grain has no rows."""
        return self.card.needs

    @property
    def counts(self) -> tuple[str, ...]:
        """The columns after the features: how many records a feature rests on, where that is not `n`."""
        return tuple(dict.fromkeys(feature.of for feature in self.features if feature.of not in KEYS))

    def fits(self, columns: Sequence[str]) -> bool:
        """Say whether a query selects KEYS and the features in their order, and after them the counts in any."""
        first = (*KEYS, *(feature.name for feature in self.features))
        return tuple(columns[: len(first)]) == first and sorted(columns[len(first) :]) == sorted(self.counts)


class NotFeatures(ValueError):
    """What a grain's query gave back is no table of features."""

    def __init__(self, grain: str, found: Sequence[str]) -> None:
        super().__init__(f"{grain}: the query gave the columns {', '.join(found)}")


class UnknownGrain(ValueError):
    """There is no grain of that name."""

    def __init__(self, grain: str, known: Sequence[str]) -> None:
        super().__init__(f"there is no grain {grain}; there are: {', '.join(known)}")


@cache
def grains(folder: Path = FEATURES) -> tuple[Grain, ...]:
    """Return all grains in the order of their folders; MalformedRule with file and line at the first unreadable."""
    return tuple(read_grain(path.parent) for path in sorted(folder.glob(f"*/{CARD}")))


def grain_of(name: str) -> Grain:
    """Return the grain of that name. Errors: UnknownGrain."""
    for grain in grains():
        if grain.id == name:
            return grain
    raise UnknownGrain(name, [grain.id for grain in grains()])


def queries_of(known: Iterable[Grain]) -> list[str]:
    """Return all SQL that is asked of a world for the grains' rows and the records behind them."""
    return [query for grain in known for query in (grain.sql, grain.evidence_sql)]


def read_grain(folder: Path) -> Grain:
    """Read one grain's folder; MalformedRule with file and line where a file is missing or not of its form."""
    card = read_toml(folder / CARD, GrainCard)
    return Grain(folder, card, _text(folder / QUERY), _text(folder / EVIDENCE))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedRule(path, 1, f"无法读取：{error}", f"cannot be read: {error}") from error


def feature_table(engine: Engine, grain: Grain, as_of: date) -> pa.Table:
    """Return one row per county, subject and period, ordered by ORDER: KEYS, the features (float64), their counts.

    A feature that rests on fewer records than its min_n is NULL. Errors: QueryFailed, NotFeatures.
    """
    table = measured(engine, grain, as_of)
    for feature in grain.features:
        table = table.set_column(table.column_names.index(feature.name), feature.name, _where_enough(table, feature))
    return table


def measured(engine: Engine, grain: Grain, as_of: date) -> pa.Table:
    """Return the same with every feature as the query gives it, however few records it rests on."""
    table = engine.run(grain.sql, {"as_of": as_of})
    if not grain.fits(table.column_names):
        raise NotFeatures(grain.id, table.column_names)
    return table.select([*KEYS, *titles(grain), *grain.counts]).sort_by([(name, "ascending") for name in ORDER])


def _where_enough(table: pa.Table, feature: Feature) -> pa.Array[pa.DoubleScalar]:
    """Return the feature's column, NULL where it rests on fewer records than its min_n."""
    values = np.asarray(table.column(feature.name).to_numpy(), dtype=np.float64)
    counts = np.asarray(table.column(feature.of).to_numpy(), dtype=np.float64)
    return pa.array(values, pa.float64(), mask=np.isnan(values) | ~(counts >= feature.min_n))


def evidence_of(
    engine: Engine, grain: Grain, asked: Sequence[Mapping[str, str]], as_of: date, most: int = SHOWN
) -> dict[tuple[str, str, str], dict[str, list[str]]]:
    """Return by (county, subject_id, period) and feature the event ids that a person would look at, sorted.

    `asked`: rows with county, subject_id and period, all looked up in one query; at most `most` records a feature.
    Errors: QueryFailed.
    """
    found: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    if not asked:
        return found
    rows = sorted({(row["county"], row["subject_id"], row["period"]) for row in asked})
    counties, subjects, periods = (list(column) for column in zip(*rows, strict=True))
    table = engine.run(
        grain.evidence_sql,
        {"counties": counties, "subjects": subjects, "periods": periods, "as_of": as_of, "most": most},
    )
    ordered = table.sort_by([(name, "ascending") for name in EVIDENCE_COLUMNS])
    columns = [ordered.column(name).to_pylist() for name in EVIDENCE_COLUMNS]
    for county, subject, period, feature, event in zip(*columns, strict=True):
        found.setdefault((county, subject, period), {}).setdefault(feature, []).append(event)
    return found


def titles(grain: Grain) -> dict[str, Bilingual]:
    """Return the features' titles by name."""
    return {feature.name: feature.title for feature in grain.features}
