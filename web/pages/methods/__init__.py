"""Methods: rules, the model, screening runs, policy."""

from __future__ import annotations

from types import ModuleType

PAGES: tuple[ModuleType, ...] = ()
