"""How the events that are no records become rows: files, refusals, policy and screenings."""

from __future__ import annotations

from typing import NamedTuple

from projections.columns import moment


class OtherProjection(NamedTuple):
    """How one topic is projected."""

    table: str
    structure: str
    """What json_transform reads of the state."""
    columns: tuple[str, ...]
    """Expressions over event e, stream, version and position, in the order of the table's columns."""
    where: str = "true"
    """Which of the topic's events become rows."""


def structure(**types: str) -> str:
    """Return what json_transform reads of a state: field to type, or to a nested structure."""
    nested = ("{", "[")
    parts = [f'"{name}":{kind}' if kind.startswith(nested) else f'"{name}":"{kind}"' for name, kind in types.items()]
    return "{" + ",".join(parts) + "}"


_RECORDED_AT = moment("e.envelope.recorded_at")
ENVELOPE = structure(source="VARCHAR", county="VARCHAR", recorded_at="VARCHAR")
_WHO_AND_WHEN = structure(actor="VARCHAR", recorded_at="VARCHAR")
_COUNTS = ("read", "appended", "repeated", "amended", "quarantined")

OTHERS: dict[str, OtherProjection] = {
    "file.Taken.v1": OtherProjection(
        "files",
        structure(
            sha256="VARCHAR",
            name="VARCHAR",
            type="VARCHAR",
            set_aside="BIGINT",
            envelope=ENVELOPE,
            **dict.fromkeys(_COUNTS, "BIGINT"),
        ),
        (
            "position",
            "e.sha256",
            "e.name",
            "e.type",
            *(f"e.{name}" for name in _COUNTS),
            "coalesce(e.set_aside, 0)",
            _RECORDED_AT,
        ),
    ),
    "record.Refused.v1": OtherProjection(
        "refused",
        structure(
            type="VARCHAR",
            file="VARCHAR",
            line="BIGINT",
            column="VARCHAR",
            reason="VARCHAR",
            reason_zh="VARCHAR",
            reason_en="VARCHAR",
            value="VARCHAR",
            record_id="VARCHAR",
            envelope=ENVELOPE,
        ),
        (
            "position",
            "stream",
            "e.type",
            "e.envelope.source",
            "e.file",
            "e.line",
            "coalesce(e.record_id, '')",
            "e.column",
            "coalesce(e.value, '')",
            "e.reason",
            "e.reason_zh",
            "e.reason_en",
            "false",
            "false",
        ),
    ),
    "policy.Changed.v1": OtherProjection(
        "policy_changes",
        structure(
            kind="VARCHAR",
            key="VARCHAR",
            values="JSON",
            who="VARCHAR",
            why="VARCHAR",
            valid_from="DATE",
            envelope=ENVELOPE,
        ),
        (
            "e.envelope.county",
            "position",
            "e.kind",
            "e.key",
            "CAST(e.values AS VARCHAR)",
            "e.who",
            "e.why",
            "e.valid_from",
            _RECORDED_AT,
        ),
    ),
    "access.Recorded.v1": OtherProjection(
        "access",
        structure(
            **dict.fromkeys(("kind", "purpose", "command", "reason"), "VARCHAR"),
            count="BIGINT",
            subjects='["VARCHAR"]',
            envelope=_WHO_AND_WHEN,
        ),
        (
            "position",
            _RECORDED_AT,
            "e.envelope.actor",
            "e.command",
            "e.purpose",
            "e.kind",
            "e.count",
            "coalesce(e.subjects, [])",
            "e.reason",
        ),
    ),
    "pack.Exported.v1": OtherProjection(
        "access",
        structure(reason="VARCHAR", records='["VARCHAR"]', envelope=_WHO_AND_WHEN),
        (
            "position",
            _RECORDED_AT,
            "e.envelope.actor",
            "'evidence'",
            "'evidence-pack'",
            "'evidence'",
            "len(coalesce(e.records, []))",
            "coalesce(e.records, [])",
            "e.reason",
        ),
    ),
    "screening.Run.v1": OtherProjection(
        "screenings",
        structure(
            position="BIGINT",
            as_of="DATE",
            findings="BIGINT",
            suspicions="BIGINT",
            suspicions_sha256="VARCHAR",
            envelope=ENVELOPE,
        ),
        ("position", "e.position", "e.as_of", "e.findings", "e.suspicions", "e.suspicions_sha256", _RECORDED_AT),
    ),
    "outcome.Recorded.v1": OtherProjection(
        "outcomes",
        structure(
            suspicion_id="VARCHAR",
            category="VARCHAR",
            subject_type="VARCHAR",
            subject_id="VARCHAR",
            township="VARCHAR",
            outcome="VARCHAR",
            explanation="VARCHAR",
            source="VARCHAR",
            decided_on="DATE",
            selection_probability="DOUBLE",
            amount_fen="BIGINT",
            envelope=ENVELOPE,
        ),
        (
            "e.envelope.county",
            "position",
            "concat(stream, '@', version)",
            "e.suspicion_id",
            "e.category",
            "e.subject_type",
            "e.subject_id",
            "e.township",
            "e.outcome",
            "e.explanation",
            "e.source",
            "e.decided_on",
            "e.selection_probability",
            "e.amount_fen",
        ),
    ),
}
"""Topic to projection."""
