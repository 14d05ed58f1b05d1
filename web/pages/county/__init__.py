"""The county: collectors, terminals, villages, cash registers, reconciliation, duties, offices."""

from __future__ import annotations

from types import ModuleType

from web.pages.county import (
    collectors,
    duties,
    duty,
    office,
    reconciliation,
    reconciliation_reasons,
    reconciliation_records,
    reconciliation_terminals,
    register,
    register_keying,
    register_line,
    register_township,
    terminals,
    villages,
)

PAGES: tuple[ModuleType, ...] = (
    collectors, terminals, villages, reconciliation, reconciliation_records, reconciliation_terminals,
    duties, duty, office, reconciliation_reasons, register, register_township, register_keying, register_line,
)  # fmt: skip
