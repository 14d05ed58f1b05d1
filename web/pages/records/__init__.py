"""Records: files and refusals, the ledger, accesses, status, help."""

from __future__ import annotations

from web.pages.records import access, data, events, help_, ledger, quarantine, refusal, status

PAGES = (data, quarantine, refusal, ledger, events, access, status, help_)
