"""People: signing in, passwords, accounts."""

from __future__ import annotations

from web.pages.people import (
    passwords,
    signing_in,
    users,
)

PAGES = (
    signing_in, passwords, users,
)  # fmt: skip
