"""Which duties somebody sees: roles of the county all of them, a township or office its own."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from domain.cases.permission import LIAISON, OF_TOWNSHIP, Actor
from web.duties.owed import Entry, Owed, Term


def seen_by(actor: Actor, owed: Owed) -> Owed:
    """Return what an actor sees of the duties."""
    if actor.role in OF_TOWNSHIP:
        return msgspec.structs.replace(
            owed, duties=tuple(each for each in owed.duties if _of_township(each)),
            terms=tuple(_terms(owed.terms, actor.township)), months=(), years=(), started=(), differences=(),
        )  # fmt: skip
    if actor.role == LIAISON:
        office = actor.department or ""
        return msgspec.structs.replace(
            owed, duties=tuple(each for each in owed.duties if office in each.who),
            terms=tuple(each for each in owed.terms if each.office == office),
            months=tuple(each for each in owed.months if each.office == office),
            years=tuple(each for each in owed.years if _owes(owed, each.duty, office)),
            started=tuple(each for each in owed.started if each.office == office),
            differences=tuple(each for each in owed.differences if each.office == office),
        )  # fmt: skip
    return owed


def _of_township(entry: Entry) -> bool:
    return "township" in entry.who


def _terms(terms: Iterable[Term], township: str | None) -> Iterable[Term]:
    return (each for each in terms if each.office == "township" and each.township == township)


def _owes(owed: Owed, duty: str, office: str) -> bool:
    entry = owed.entry(duty)
    return entry is not None and office in entry.who
