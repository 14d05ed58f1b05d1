"""Who receives and answers what is addressed: a township its own, an office what it can mend, the tax office the rest.

A suspicion that townships check but that lies in none, as a card used in many, is checked by the tax office, which
manages all collectors (Y 30) and pushes to the townships (Y 41).
"""

from __future__ import annotations

from domain.division import COUNTY

TOWNSHIP, TAX, DISCIPLINE = "township", "tax", "discipline"


def addressee_in(addressee: str, township: str | None) -> str:
    """Return who is really addressed with something that lies in a township, or (None) in none that is known."""
    return TAX if addressee == TOWNSHIP and township is None else addressee


def receiver_of(to: str) -> str:
    """Return who receives what went to a township's code or to an office; to a county's code: its tax office."""
    return TAX if len(to) == COUNTY and to.isdigit() else to
