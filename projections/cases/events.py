"""How case events become rows of the case tables."""

from __future__ import annotations

from projections.other_events import ENVELOPE, OtherProjection, structure

_COUNTY, _EVENT_ID = "e.envelope.county", "concat(stream, '@', version)"
_LIST = "split_part(stream, ':', 3)"
"""The list's id, where the event stands in its own stream."""
_OF_TOWNSHIP = "regexp_matches(e.to, '^[0-9]{6,9}$')"
"""Lists of townships only: an office's and discipline inspection's are no self-check."""
_ANSWER = structure(
    **dict.fromkeys(
        ("result", "method", "checker", "second_checker", "checked_on", "cause", "statement", "measures", "repaid_on"),
        "VARCHAR",
    ),
    repaid_fen="BIGINT",
    village_signed="BOOLEAN",
    attachments='["VARCHAR"]',
)
_PICTURE = structure(
    township="VARCHAR", village="VARCHAR", severity="VARCHAR", amount_fen="BIGINT", evidence='["VARCHAR"]'
)
_ITEM = {"list_id": "VARCHAR", "item": "BIGINT", "envelope": ENVELOPE}


def _review(topic: str, decision: str) -> tuple[str, OtherProjection]:
    due = {"due_on": "DATE"} if decision == "return" else {}
    return topic, OtherProjection(
        "item_reviews",
        structure(**_ITEM, reviewed_on="DATE", **due),
        (
            _COUNTY, "position", _EVENT_ID, "e.list_id", "e.item", "e.reviewed_on", f"'{decision}'",
            "e.due_on" if due else "CAST(NULL AS DATE)",
        ),
    )  # fmt: skip


def _gone(topic: str, day: str) -> tuple[str, OtherProjection]:
    return topic, OtherProjection(
        "withdrawn_items",
        structure(**_ITEM, **{day: "DATE"}),
        (_COUNTY, "position", _EVENT_ID, "e.list_id", "e.item", f"e.{day}"),
        "e.list_id IS NOT NULL",
    )


def _check(topic: str) -> tuple[str, OtherProjection]:
    return topic, OtherProjection(
        "spot_checks",
        structure(**_ITEM, checked_on="DATE", outcome="VARCHAR"),
        (_COUNTY, "position", _EVENT_ID, "e.list_id", "e.item", "e.checked_on", "e.outcome"),
    )


CASES: dict[str, OtherProjection] = {
    "suspicion-list.Issued.v1": OtherProjection(
        "issued_lists",
        structure(
            list_id="VARCHAR", to="VARCHAR", batch="VARCHAR", issued_on="DATE", items="BIGINT", envelope=ENVELOPE
        ),
        (_COUNTY, "position", _EVENT_ID, "e.list_id", "e.to", "e.batch", "e.issued_on", "e.items"),
        _OF_TOWNSHIP,
    ),
    "suspicion.Issued.v1": OtherProjection(
        "list_items",
        structure(
            **_ITEM, to="VARCHAR", suspicion_id="VARCHAR", issued_on="DATE", category="VARCHAR", subject_type="VARCHAR",
            subject_id="VARCHAR", picture=_PICTURE,
        ),
        (
            _COUNTY, "position", _EVENT_ID, "e.list_id", "e.item", "e.to", "e.picture.village", "e.issued_on",
            "e.suspicion_id", "e.category", "e.picture.severity", "e.subject_type", "e.subject_id",
            "e.picture.amount_fen", "coalesce(e.picture.evidence, [])",
        ),
        _OF_TOWNSHIP,
    ),
    **dict([_gone("suspicion.Withdrawn.v1", "withdrawn_on"), _gone("suspicion.Changed.v1", "changed_on")]),
    "suspicion-list.Received.v1": OtherProjection(
        "list_receipts",
        structure(received_on="DATE", envelope=ENVELOPE),
        (_COUNTY, "position", _EVENT_ID, _LIST, "e.received_on"),
    ),
    "suspicion-list.Extended.v1": OtherProjection(
        "list_extensions",
        structure(granted_on="DATE", due_on="DATE", envelope=ENVELOPE),
        (_COUNTY, "position", _EVENT_ID, _LIST, "e.granted_on", "e.due_on"),
    ),
    "suspicion-list.Reported.v1": OtherProjection(
        "list_reports",
        structure(reported_on="DATE", leader_signed="BOOLEAN", sealed="BOOLEAN", envelope=ENVELOPE),
        (_COUNTY, "position", _EVENT_ID, _LIST, "e.reported_on", "e.leader_signed", "e.sealed"),
    ),
    "suspicion.Answered.v1": OtherProjection(
        "item_answers",
        structure(**_ITEM, answered_on="DATE", seconds="BIGINT", answer=_ANSWER),
        (
            _COUNTY, "position", _EVENT_ID, "e.list_id", "e.item", "e.answered_on", "e.seconds", "e.answer.result",
            "e.answer.method", "e.answer.checker", "e.answer.second_checker", "CAST(e.answer.checked_on AS DATE)",
            "e.answer.cause", "e.answer.statement", "e.answer.measures", "e.answer.repaid_fen",
            "CAST(e.answer.repaid_on AS DATE)", "e.answer.village_signed",
            "CAST(len(coalesce(e.answer.attachments, [])) AS BIGINT)",
        ),
    ),
    **dict(
        [
            _review("suspicion.Accepted.v1", "accept"), _review("suspicion.Returned.v1", "return"),
            _review("suspicion.Escalated.v1", "escalate"),
        ]
    ),
    **dict(map(_check, ("suspicion.Upheld.v1", "suspicion.Overturned.v1"))),
}  # fmt: skip
"""Topic to projection."""
