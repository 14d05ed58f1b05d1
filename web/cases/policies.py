"""A county's policy of casework on a day, read again only where policy changed."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import date

from casework.cases.policy import CasePolicy, policy_of
from domain.cases.list_state import ListState, due_on
from domain.cases.owing import owed_on
from domain.cases.suspicion_state import SuspicionState
from ledger.log import Ledger
from web.cases.standing import Standing

KEPT = 16


class Policies:
    """Policies by county and day; safe for threads."""

    def __init__(self, ledger: Ledger, standing: Standing) -> None:
        self._ledger, self._standing = ledger, standing
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, date, int], CasePolicy] = {}

    def of(self, county: str, today: date) -> CasePolicy:
        """Return the policy."""
        key = county, today, self._standing.mark("policy")
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                if len(self._kept) >= KEPT:
                    self._kept.clear()
                found = self._kept[key] = policy_of(self._ledger, county, today)
            return found

    def due(self, state: ListState, today: date) -> date | None:
        """Return the last day of a list's answer; None before its receipt."""
        return due_on(state, self.of(state.county, today).working)

    def owed(self, state: ListState, items: Iterable[tuple[int, SuspicionState]], today: date) -> date | None:
        """Return by when the next of a list's items, or its report, is owed; None before its receipt."""
        return owed_on(self.due(state, today), (each for _, each in items))
