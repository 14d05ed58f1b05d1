"""Findings of two engines side by side: how many, about whom, how grave, how much, and on what evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Key = tuple[str, ...]
"""County, subject type, subject, severity, amount, and evidence as one text."""


def key_of(row: Mapping[str, object]) -> Key:
    """Return what of a finding must be the same wherever the rule ran."""
    evidence = row["evidence"]
    events = sorted(str(event) for event in evidence) if isinstance(evidence, list) else []
    return (
        str(row["county"]),
        str(row["subject_type"]),
        str(row["subject_id"]),
        str(row["severity"]),
        str(None if row["amount_at_risk_fen"] is None else int(str(row["amount_at_risk_fen"]))),
        "\n".join(events),
    )


def compared(ours: Sequence[Key], theirs: Sequence[Key]) -> str:
    """Return equal, or the first of these that differs: count, subjects, amounts or severities, evidence."""
    if len(ours) != len(theirs):
        return f"{len(theirs)} findings"
    if sorted(key[:3] for key in ours) != sorted(key[:3] for key in theirs):
        return "other subjects"
    if sorted(key[:5] for key in ours) != sorted(key[:5] for key in theirs):
        return "other amounts or severities"
    return "equal" if sorted(ours) == sorted(theirs) else "other evidence"
