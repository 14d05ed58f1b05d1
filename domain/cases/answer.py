"""What a township answers to one item of its list, as the ledger keeps it: names and texts are tokens."""

from __future__ import annotations

from datetime import date

import msgspec

from domain.errors import Malformed

RESULTS = ("confirmed", "cleared", "partly", "unverifiable")
"""属实, 不属实, 部分属实, 无法核实."""
WRONG = frozenset({"confirmed", "partly"})
"""Results by which something was found wrong."""
METHODS = ("visit", "phone", "papers", "bank-statement")
"""入户, 电话, 资料, 银行流水."""
VIOLATION, OTHER = "violation", "other"
"""Causes that are no innocent explanation of a rule: found to be a breach; another, which the statement names."""


def check_result(given: str) -> None:
    """Refuse a result that is none of RESULTS; Malformed."""
    if given not in RESULTS:
        raise Malformed(
            f"没有结论 {given}；应为 {'、'.join(RESULTS)} 之一",
            f"there is no result {given}; expected one of {', '.join(RESULTS)}",
        )


class Answer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One answer; what is None was left empty."""

    result: str | None = None
    """One of RESULTS; None: not checked, and the statement says why."""
    method: str | None = None
    """One of METHODS."""
    checker: str | None = None
    """Token of the name of who checked."""
    second_checker: str | None = None
    """Token of the name of who checked with them."""
    checked_on: date | None = None
    """Day of the check, as the township says."""
    cause: str | None = None
    """Id of the innocent explanation that was found to hold, VIOLATION or OTHER."""
    statement: str | None = None
    """Token of the facts found; the text is sealed in the vault."""
    measures: str | None = None
    """Token of the measures taken; sealed in the vault."""
    repaid_fen: int | None = None
    """Money given back or paid in, as the township says; what counts as recovered comes from the facts."""
    repaid_on: date | None = None
    responsible: str | None = None
    """Token of the name and post of who answers for the wrong; sealed in the vault."""
    village_signed: bool | None = None
    """Signed by the village; None: not said."""
    attachments_said: str | None = None
    """Token of what the township says it attaches; sealed in the vault."""
    attachments: tuple[str, ...] = ()
    """Objects of the home: scans and papers, by hash."""
