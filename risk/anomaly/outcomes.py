"""What is known of suspicions from those who looked: the township's word, and the checks that do not rest on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_FIELDS: tuple[pa.Field[pa.DataType], ...] = (
    pa.field("county", pa.string()),
    pa.field("suspicion_id", pa.string()),
    pa.field("category", pa.string()),
    pa.field("subject_type", pa.string()),
    pa.field("subject_id", pa.string()),
    pa.field("township", pa.string()),
    pa.field("answer", pa.string()),
    pa.field("checked", pa.string()),
    pa.field("probability", pa.float64()),
    pa.field("amount_fen", pa.int64()),
)
KNOWN = pa.schema(_FIELDS)
"""One row per suspicion. answer: confirmed, denied, or NULL (none, or undecidable), of the self-check and its review.
checked: wrong, right or NULL, of the latest spot check or inspection. probability: with which chance drew it for that
check; NULL where somebody chose it."""

_QUERY = """
WITH standing AS (
    -- one row per suspicion and source: its latest decision
    SELECT *
    FROM outcomes
    QUALIFY row_number() OVER (
        PARTITION BY county, suspicion_id, source ORDER BY decided_on DESC, position DESC
    ) = 1
),
answer AS (
    -- a review that decides stands above the answer that it reviews
    SELECT county, suspicion_id, outcome
    FROM standing
    WHERE source IN ('self-check', 'review') AND outcome <> 'undecidable'
    QUALIFY row_number() OVER (PARTITION BY county, suspicion_id ORDER BY source = 'review' DESC) = 1
),
independent AS (
    SELECT county, suspicion_id, outcome, selection_probability
    FROM standing
    WHERE source IN ('spot-check', 'inspection') AND outcome <> 'undecidable'
    QUALIFY row_number() OVER (
        PARTITION BY county, suspicion_id ORDER BY decided_on DESC, source = 'inspection' DESC
    ) = 1
),
suspicion AS (
    SELECT
        county, suspicion_id, max(category) AS category, max(subject_type) AS subject_type,
        max(subject_id) AS subject_id, max(township) AS township, max(amount_fen) AS amount_fen
    FROM standing
    GROUP BY county, suspicion_id
)
SELECT
    s.county, s.suspicion_id, s.category, s.subject_type, s.subject_id, s.township,
    CASE a.outcome WHEN 'confirmed' THEN 'confirmed' WHEN 'partly' THEN 'confirmed' WHEN 'cleared' THEN 'denied' END
        AS answer,
    CASE i.outcome WHEN 'confirmed' THEN 'wrong' WHEN 'partly' THEN 'wrong' WHEN 'cleared' THEN 'right' END AS checked,
    i.selection_probability AS probability,
    s.amount_fen
FROM suspicion AS s
LEFT JOIN answer AS a ON a.county = s.county AND a.suspicion_id = s.suspicion_id
LEFT JOIN independent AS i ON i.county = s.county AND i.suspicion_id = s.suspicion_id
ORDER BY s.county, s.suspicion_id
"""


class Labels(NamedTuple):
    """What is known of the subjects of some rows; every array has one entry per row."""

    positive: Flags
    """Somebody found a wrong: the township itself, its reviewer, or a check that does not rest on its word."""
    negative: Flags
    """A check that does not rest on the township's word found nothing, and nobody found a wrong."""
    denied: Flags
    """Only the township says that there is nothing: weak evidence."""
    probability: Floats
    """With which chance drew the subject for that check; NaN where somebody chose it, or nobody checked."""
    township: NDArray[np.int64]
    """Place in `townships`; -1 where none is known."""
    townships: tuple[str, ...]

    @property
    def known(self) -> Flags:
        """Which rows anything is known of."""
        return self.positive | self.negative | self.denied

    def take(self, rows: NDArray[np.int64]) -> Labels:
        """Return the labels of some of the rows, by place."""
        return Labels(
            self.positive[rows],
            self.negative[rows],
            self.denied[rows],
            self.probability[rows],
            self.township[rows],
            self.townships,
        )


def recorded(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return what the connection's world knows of suspicions (schema KNOWN), by county and suspicion.

    The world's view `outcomes` says up to which ledger position and day (projections.cases.build_cases).
    """
    found: pa.Table = connection.sql(_QUERY).to_arrow_table()
    return found.cast(KNOWN)


def labels_of(subjects: pa.Table, known: pa.Table) -> Labels:
    """Return the labels of rows with county, subject_type, subject_id; `known` is of schema KNOWN.

    A subject with several suspicions is positive where one is, else negative where one was checked, else denied.
    What was found about a card is known of the account with its token, since rows have cards as accounts.
    """
    townships = tuple(sorted({code for code in known.column("township").to_pylist() if code}))
    place_of = {code: place for place, code in enumerate(townships)}
    told = _by_subject(known)
    columns = [subjects.column(name).to_pylist() for name in ("county", "subject_type", "subject_id")]
    rows = [told.get(key, ()) for key in zip(*columns, strict=True)]
    positive = np.array([any(one.positive for one in each) for each in rows], dtype=bool)
    checked = np.array([any(one.checked == "right" for one in each) for each in rows], dtype=bool)
    denied = np.array([any(one.answer == "denied" for one in each) for each in rows], dtype=bool)
    negative = checked & ~positive
    return Labels(
        positive,
        negative,
        denied & ~positive & ~negative,
        np.array([_probability(each) for each in rows], dtype=np.float64),
        np.array([place_of.get(each[0].township or "", -1) if each else -1 for each in rows], dtype=np.int64),
        townships,
    )


class _Told(NamedTuple):
    answer: str | None
    checked: str | None
    probability: float | None
    township: str | None

    @property
    def positive(self) -> bool:
        return self.checked == "wrong" or (self.answer == "confirmed" and self.checked != "right")


def _by_subject(known: pa.Table) -> dict[tuple[str, str, str], list[_Told]]:
    told: dict[tuple[str, str, str], list[_Told]] = {}
    for row in known.to_pylist():
        if row["subject_id"] is not None:
            kind = "account" if row["subject_type"] == "card" else row["subject_type"]
            key = (row["county"], kind, row["subject_id"])
            told.setdefault(key, []).append(
                _Told(row["answer"], row["checked"], row["probability"], row["township"])
            )
    return told


def _probability(told: Sequence[_Told]) -> float:
    drawn = [one.probability for one in told if one.checked is not None and one.probability is not None]
    return min(drawn) if drawn else float("nan")
