"""Names of townships and villages as the county's divisions have them."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from domain.division import TOWNSHIP
from intake.county import county_of_ledger
from ledger.log import Ledger
from web.cases.standing import Standing

OFFICES = {
    "township": ("乡（镇）", "township"),
    "discipline": ("纪检监察", "discipline inspection"),
    "tax": ("税务", "tax office"),
    "medical-insurance": ("医保局", "medical insurance office"),
    "human-resources": ("人社局", "human resources office"),
    "finance": ("财政局", "finance office"),
    "treasury": ("国库", "treasury"),
    "acquirer": ("收单机构", "acquirer"),
}


class Places:
    """Code to name, read again only where a division was added; safe for threads."""

    def __init__(self, ledger: Ledger, standing: Standing) -> None:
        self._ledger, self._standing = ledger, standing
        self._lock = threading.Lock()
        self._at = -1
        self._names: Mapping[str, str] = {}
        self._county = ""

    def name(self, code: str | None) -> str:
        """Return a place's name, its code where none is known, "" of none."""
        return self._known().get(code, code) if code else ""

    @property
    def county(self) -> str:
        """The county's code."""
        self._known()
        return self._county

    def townships(self) -> dict[str, str]:
        """Return the townships' codes and names, by code."""
        return {code: name for code, name in sorted(self._known().items()) if len(code) == TOWNSHIP}

    def named(self, text: str) -> list[str]:
        """Return the codes of places whose name contains a text, case folded."""
        return [code for code, name in self._known().items() if text in name.casefold()]

    def _known(self) -> Mapping[str, str]:
        mark = self._standing.mark("divisions", "policy", "file")
        with self._lock:
            if mark != self._at:
                names: dict[str, str] = {}
                for recorded in self._ledger.of_type("divisions"):
                    event = self._ledger.event(recorded)
                    names[str(getattr(event, "record_id", ""))] = str(getattr(event, "name", ""))
                self._names, self._at = names, mark
                self._county = county_of_ledger(self._ledger) or "000000"
            return self._names
