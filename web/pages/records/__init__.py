"""Records: files and refusals, the ledger, accesses, status, help."""

from __future__ import annotations

from types import ModuleType

PAGES: tuple[ModuleType, ...] = ()
