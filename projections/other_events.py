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


def _structure(**types: str) -> str:
    parts = [f'"{name}":{kind}' if kind.startswith("{") else f'"{name}":"{kind}"' for name, kind in types.items()]
    return "{" + ",".join(parts) + "}"


_RECORDED_AT = moment("e.envelope.recorded_at")
_ENVELOPE = _structure(source="VARCHAR", county="VARCHAR", recorded_at="VARCHAR")
_COUNTS = ("read", "appended", "repeated", "amended", "quarantined")

OTHERS: dict[str, OtherProjection] = {
    "file.Taken.v1": OtherProjection(
        "files",
        _structure(
            sha256="VARCHAR",
            name="VARCHAR",
            type="VARCHAR",
            set_aside="BIGINT",
            envelope=_ENVELOPE,
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
        _structure(
            type="VARCHAR",
            file="VARCHAR",
            line="BIGINT",
            column="VARCHAR",
            reason="VARCHAR",
            reason_zh="VARCHAR",
            reason_en="VARCHAR",
            value="VARCHAR",
            record_id="VARCHAR",
            envelope=_ENVELOPE,
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
        ),
    ),
    "policy.Changed.v1": OtherProjection(
        "policy_changes",
        _structure(
            kind="VARCHAR",
            key="VARCHAR",
            values="JSON",
            who="VARCHAR",
            why="VARCHAR",
            valid_from="DATE",
            envelope=_ENVELOPE,
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
    "screening.Run.v1": OtherProjection(
        "screenings",
        _structure(
            position="BIGINT",
            as_of="DATE",
            findings="BIGINT",
            suspicions="BIGINT",
            suspicions_sha256="VARCHAR",
            envelope=_ENVELOPE,
        ),
        ("position", "e.position", "e.as_of", "e.findings", "e.suspicions", "e.suspicions_sha256", _RECORDED_AT),
    ),
}
"""Topic to projection."""
