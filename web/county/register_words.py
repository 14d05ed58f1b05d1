"""A line of the register in words: its columns as they stand, and what each version changed."""

from __future__ import annotations

from datetime import datetime

import msgspec

from casework.registers.lines import TYPE
from domain.contract import RECORD_TYPES
from domain.money import yuan
from web.county.links import event
from web.county.registers import Version
from web.county.sheets import NAME, Column, Line, Sheet, said, sheet
from web.frame.visit import Visit

_NAMES = {
    "received": "received_at", "fee": "fee", "fee_year": "fee_year", "amount_fen": "amount",
    "collector_id": "collector_id", "division": "division", "page": "page", "receipt_no": "receipt_no",
    "persons": "persons", "payer_signed": "payer_signed", "collector_signed": "collector_signed",
    "village_signed": "village_signed", "remitted_on": "remitted_on", "payment_id": "payment_id",
    "submitted_on": "submitted_on", "proof_given": "proof_given", "handed_over_on": "handed_over_on",
}  # fmt: skip
"""Column of a version to field of the contract."""


class VersionRow(msgspec.Struct, frozen=True):
    """A version with its values that changed."""

    version: int
    at: datetime
    href: str
    changes: tuple[tuple[str, str, str], ...]
    """Heading, value before, value now; of personal columns the heading alone."""


def values_of(visit: Visit, last: Version) -> Sheet:
    """Return the newest values, one a line."""
    pick = visit.language.pick
    lines = [
        Line((pick(*_heading(name)), _shown(visit, name, value)))
        for name, value in last.values.items() if name in _NAMES
    ]  # fmt: skip
    return sheet(visit.language, (Column(visit.language.say("栏目")), Column(visit.language.say("内容"), NAME)), lines)


def _heading(name: str) -> tuple[str, str]:
    wanted = _NAMES.get(name, name)
    field = next((each for each in RECORD_TYPES[TYPE].fields if wanted in (each.name, each.column)), None)
    return (field.zh[0], field.name.replace("_", " ")) if field and field.zh else (name, name.replace("_", " "))


def _shown(visit: Visit, name: str, value: object) -> str:
    language = visit.language
    if value is None:
        return "—"
    if isinstance(value, bool):
        return said(language, "yes", "yes" if value else "no")
    match name:
        case "fee":
            return said(language, "fee", str(value))
        case "amount_fen":
            return yuan(int(str(value)))
        case "division":
            return visit.service.places.name(str(value))
    return str(value)


def versions_of(visit: Visit, found: list[Version]) -> list[VersionRow]:
    """Return the versions, each with what it changed of the one before."""
    rows = []
    for number, each in enumerate(found):
        before = found[number - 1].values if number else {}
        changes = [
            (visit.language.pick(*_heading(name)), _shown(visit, name, before.get(name)), _shown(visit, name, value))
            for name, value in each.values.items()
            if number and name in _NAMES and before.get(name) != value
        ]
        seen = {_NAMES[name] for name in each.values if name in _NAMES}
        hidden = [column for column in each.changed if _field_of(column) not in seen] if number else []
        changes += [(visit.language.pick(*_heading(column)), "***", "***") for column in hidden]
        href = event(visit, each.position)
        rows.append(VersionRow(each.version, each.recorded_at, href, tuple(changes)))
    return rows


def _field_of(column: str) -> str:
    """Return the field that a column of an event belongs to."""
    found = next((each for each in RECORD_TYPES[TYPE].fields if column in (each.name, each.column)), None)
    return found.name if found else column
