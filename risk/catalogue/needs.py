"""What a card's `needs` names: a record type, or a field that at least one record of a type must tell."""

from __future__ import annotations

from typing import NamedTuple

from domain.contract import RECORD_TYPES
from risk.catalogue.card import Bilingual


class NeededField(NamedTuple):
    """A field without which a rule finds nothing."""

    name: str
    """As the card has it: `pos-transactions.card_kind`."""
    table: str
    told: str
    """SQL condition on a row of the table that tells it."""
    missing: Bilingual


def is_known(name: str) -> bool:
    """Return whether a need is a record type, or a field of one."""
    record, _, field = name.partition(".")
    return record in RECORD_TYPES and (not field or field in {each.name for each in RECORD_TYPES[record].fields})


def record_type_of(name: str) -> str:
    """Return the record type that a need is, or whose field it is."""
    return name.partition(".")[0]


def needed_field(name: str) -> NeededField:
    """Return what a need with a dot asks for. Errors: KeyError where the contract has no such field.

    A moment tells its field where it has a time of day, a value out of a list where it is not `unknown`.
    """
    record, _, wanted = name.partition(".")
    form = RECORD_TYPES[record]
    field = {each.name: each for each in form.fields}[wanted]
    zh, en = f"没有一条{form.zh}写明{field.zh[0]}", f"no {record} tell their {wanted}"
    told = f"{field.column} IS NOT NULL"
    if "unknown" in field.values:
        told += f" AND {field.column} <> 'unknown'"
    if field.type == "datetime":
        zh, en, told = f"没有一条{form.zh}写明时刻", f"no {record} tell the time of day", "timed"
    return NeededField(name, form.table, told, Bilingual(f"{zh}（{name}）", en))
