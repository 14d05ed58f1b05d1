"""Routes of records, with the action that each asks for, and the pages that tests look at."""

from __future__ import annotations

PAGES: dict[str, str] = {
    "GET /log/tile/{name:path}": "log.entries",
    "GET /data": "data.read",
    "GET /quarantine": "quarantine.read",
    "POST /quarantine/export": "quarantine.export",
    "GET /quarantine/{number}": "quarantine.read",
    "POST /quarantine/{number}/text": "quarantine.release",
    "POST /quarantine/{number}/release": "quarantine.release",
    "POST /quarantine/{number}/dismiss": "quarantine.release",
    "GET /ledger": "log.entries",
    "GET /ledger/events": "log.entries",
    "GET /ledger/stream": "log.entries",
    "GET /ledger/check_proof.py": "events.read",
    "GET /ledger/events/{number}": "events.read",
    "GET /ledger/events/{number}/entry": "events.read",
    "GET /ledger/events/{number}/proof": "events.read",
    "GET /access": "audit.read",
    "GET /access.csv": "audit.read",
    "GET /access.xlsx": "audit.read",
    "GET /status": "status.read",
    "GET /help": "status.read",
    "GET /help/{name}": "status.read",
}
VISITS: tuple[tuple[str, str], ...] = (
    ("analyst", "/data"),
    ("sysadmin", "/data?type=payments"),
    ("analyst", "/quarantine"),
    ("liaison", "/quarantine"),
    ("auditor", "/ledger"),
    ("inspector", "/ledger/events"),
    ("inspector", "/ledger/events/1"),
    ("analyst", "/ledger/events/{record}"),
    ("auditor", "/ledger/stream?id=collectors:unnamed:V01"),
    ("auditor", "/access"),
    ("secadmin", "/access?purpose=masked-lists&since=2020-01-01"),
    ("sysadmin", "/status"),
    ("clerk", "/status"),
    ("clerk", "/help"),
    ("analyst", "/help/pages"),
    ("analyst", "/help/words"),
    ("analyst", "/help/numbers"),
    ("analyst", "/help/states"),
)
"""Account and address of the pages that tests look at; {own}, {item} and so on as tests.web.test_pages has them."""
