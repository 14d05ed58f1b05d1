"""What two persons decide about a third, as both of their acts."""

from __future__ import annotations

from datetime import datetime

from casework import persons
from casework.persons import By
from domain.cases.permission import FREE, Actor
from ledger.home import Home


def decided(home: Home, subject: str, decision: str, now: datetime, second: str = "bo") -> None:
    """Have `an` propose a decision and another agree to it."""
    persons.propose(home, subject, decision, "本人申请", By(Actor("an", FREE), lambda: now))
    persons.agree(home, subject, decision, By(Actor(second, FREE), lambda: now))
