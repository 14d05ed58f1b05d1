"""What a home has heard of suspicions that somebody looked into, and what a model's card says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from risk.anomaly.learning.intervals import Share
from risk.anomaly.learning.precision import precision_of
from risk.anomaly.learning.taught import Taught
from risk.anomaly.outcomes import KNOWN, recorded

BY_SOURCE = "outcomes."
"""Before a source: decisions heard from it."""
PRECISION = "precision."
"""Before a county and `inspected` or `corrected`, with its `.low` and `.high`: the 95 % interval."""
TAUGHT = "taught."
"""Before a grain and `found_wrong`, `share` (0: nothing let in) or `gain` (of average precision, cross-validated)."""
_DECIMALS = 4


class Heard(NamedTuple):
    """Outcomes up to a position and a day."""

    known: pa.Table
    """Schema risk.anomaly.outcomes.KNOWN."""
    by_source: Mapping[str, int]
    """Decisions, also those that later ones of the same source replace, and undecidable ones."""
    later: int = 0
    """Decisions at or before the position but after the day: not heard."""


SILENCE = Heard(KNOWN.empty_table(), {})
"""Nobody looked into anything."""


def heard(connection: duckdb.DuckDBPyConnection, position: int, as_of: date) -> Heard:
    """Return what the connection's world (built for the same position and day) says of suspicions."""
    counted = connection.execute("SELECT source, count(*) FROM outcomes GROUP BY source ORDER BY source").fetchall()
    after = connection.execute(
        "SELECT count(*) FROM history.outcomes WHERE position <= ? AND decided_on > ?", [position, as_of]
    ).fetchall()
    return Heard(recorded(connection), {str(source): int(count) for source, count in counted}, int(after[0][0]))


def answer_metrics(told: Heard, taught: Taught) -> dict[str, float]:
    """Return a card's metrics: what was heard from whom, how true the lists were, what was let in of it by grain.

    Nothing where nobody looked. Precision corrected by audit is left out where no denial was drawn for a check.
    """
    if not told.by_source:
        return {}
    found = {f"{BY_SOURCE}{source}": float(count) for source, count in told.by_source.items()}
    for report in precision_of(told.known):
        for name, share in (("inspected", report.inspected), ("corrected", report.corrected)):
            found |= dict(_share(f"{PRECISION}{report.county}.{name}", share))
    for grain, wrong in taught.found_wrong.items():
        let_in = taught.learned.get(grain)
        found[f"{TAUGHT}{grain}.found_wrong"] = float(wrong)
        found[f"{TAUGHT}{grain}.share"] = let_in.share if let_in is not None else 0.0
        found[f"{TAUGHT}{grain}.gain"] = round(let_in.gain, _DECIMALS) if let_in is not None else 0.0
    return found


def _share(name: str, share: Share | None) -> Iterator[tuple[str, float]]:
    """Yield the share with its interval; nothing where it is not known."""
    if share is not None and not np.isnan(share.share):
        for end, value in (("", share.share), (".low", share.low), (".high", share.high)):
            yield f"{name}{end}", round(float(value), _DECIMALS)
