"""How a county draws up and answers its lists, as its policy stands on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from domain.policy import PolicyChanged
from intake.parsing import CHINA
from ledger.log import Ledger
from projections.policy.standing import Change, standing_rows


class CasePolicy(NamedTuple):
    """The settings of kind `casework`, and the days on which people work."""

    capacity: int
    answer_days: int
    roll: bool
    presumed_days: int
    """Days after issue on which an unreceived list counts as received; 0: never."""
    number: str
    hold_critical: bool
    days: Mapping[date, bool]

    def working(self, day: date) -> bool:
        """Whether people work on a day; Monday to Friday beyond the years of the calendar."""
        return self.days.get(day, day.weekday() < 5)

    def number_of(self, year: int, n: int) -> str:
        """Return the number of a list as on paper: 英税疑〔2026〕12号."""
        return self.number.replace("{year}", str(year)).replace("{n}", str(n))


def policy_of(ledger: Ledger, county: str, today: date) -> CasePolicy:
    """Return a county's policy on a day: the contracts' defaults with the county's own rows over them."""
    rows = standing_rows(county, changes_of(ledger, county, today))
    settings = {str(row[1]): str(row[2]) for row in rows["casework"]}
    days = {row[1]: bool(row[2]) for row in rows["working_day"] if isinstance(row[1], date)}
    return CasePolicy(
        int(settings["capacity"]), int(settings["answer_days"]), settings["roll"] == "true",
        int(settings["presumed_days"]), settings["number"], settings["hold_critical"] == "true", days,
    )  # fmt: skip


def changes_of(ledger: Ledger, county: str, today: date) -> list[Change]:
    """Return what a county set of its own, and what holds on a day, in the order of the ledger."""
    changes = []
    for recorded in ledger.of_type("policy"):
        event = ledger.event(recorded)
        if isinstance(event, PolicyChanged) and event.envelope.county == county and (
            event.valid_from is None or event.valid_from <= today
        ):
            set_on = event.envelope.recorded_at.astimezone(CHINA).date()
            changes.append(Change(event.kind, event.values, event.who, event.why, event.valid_from, set_on))
    return changes
