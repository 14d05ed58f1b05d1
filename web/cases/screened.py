"""What screening runs said of suspicions: the reasons in words, of the last few runs kept in memory."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from casework.runs import Run, runs
from ledger.home import Home
from risk.scoring.suspicion import Suspicion, rows
from web.cases.standing import Standing

KEPT = 3


class Screened:
    """Runs and their suspicions; safe for threads."""

    def __init__(self, home: Home, standing: Standing) -> None:
        self._home, self._standing = home, standing
        self._lock = threading.Lock()
        self._at = -1
        self._runs: dict[str, Run] = {}
        self._said: dict[str, Mapping[str, Suspicion]] = {}

    def last(self) -> Run | None:
        """Return the newest run; None where nothing was screened."""
        known = self._known()
        return known[next(reversed(known))] if known else None

    def said(self, run: str, suspicion_id: str) -> Suspicion | None:
        """Return what a run said of a suspicion; None where it said nothing, or kept no scores."""
        found = self._known().get(run)
        if found is None or not found.event.scored:
            return None
        with self._lock:
            if run not in self._said:
                while len(self._said) >= KEPT:
                    del self._said[next(iter(self._said))]
                self._said[run] = {each.suspicion_id: each for each in rows(found.suspicions(self._home))}
            return self._said[run].get(suspicion_id)

    def _known(self) -> dict[str, Run]:
        mark = self._standing.mark("screening")
        with self._lock:
            if mark != self._at:
                self._runs = {run.event_id: run for run in runs(self._home)}
                self._at = mark
            return self._runs
