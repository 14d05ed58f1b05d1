"""The county: collectors, terminals, villages, cash registers, reconciliation, duties, offices."""

from __future__ import annotations

from types import ModuleType

PAGES: tuple[ModuleType, ...] = ()
