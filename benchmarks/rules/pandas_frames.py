"""What the rules by hand in pandas share: the frames that they read, and the form of their findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import pandas as pd
from pandas._typing import Scalar

Frame: TypeAlias = pd.DataFrame
"""A DataFrame or Series; pandas is no dependency of the project, so that its types are not known here."""
Frames: TypeAlias = Mapping[str, Frame]
Values: TypeAlias = Mapping[str, Scalar]
"""The rule's parameters, and as_of as a Timestamp."""

FINDING = ["county", "subject_type", "subject_id", "severity", "amount_at_risk_fen", "evidence"]


def days_between(first: Frame, last: Frame) -> Frame:
    """Return whole days from one column of days to another."""
    return (last - first).dt.days


def quartiles(pairs: Frame, keys: list[str], value: str, peer: str) -> Frame:
    """Return per key the first and third quartile of its peers' values (nearest rank)."""
    rows = pairs.sort_values([*keys, value, peer])
    grouped = rows.groupby(keys)
    place, count = grouped.cumcount() + 1, grouped[peer].transform("size")
    first = rows[place == (count + 3) // 4].set_index(keys)[value].rename("q1")
    third = rows[place == (3 * count + 3) // 4].set_index(keys)[value].rename("q3")
    return pd.concat([first, third], axis=1).reset_index()


def gathered(rows: Frame, keys: list[str]) -> Frame:
    """Return one row per group with its event ids, each once."""
    return (
        rows.drop_duplicates([*keys, "event_id"])
        .groupby(keys, sort=False, dropna=False)["event_id"]
        .agg(list)
        .rename("evidence")
        .reset_index()
    )


def graded(rows: Frame, choices: list[tuple[Frame, str]], otherwise: str) -> Frame:
    """Return the first choice whose condition holds, row by row."""
    severity = pd.Series(otherwise, index=rows.index)
    for condition, value in reversed(choices):
        severity = severity.mask(condition, value)
    return severity


def findings(rows: Frame, subject_type: str) -> Frame:
    """Return rows that have subject_id, severity, amount_at_risk_fen and evidence in the form of findings."""
    return rows.assign(subject_type=subject_type)[FINDING]
