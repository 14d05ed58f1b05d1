"""People: signing in, passwords, accounts."""

from __future__ import annotations

from web.pages.people import (
    account,
    passwords,
    provider,
    signing_in,
    user,
    users,
)

PAGES = (
    signing_in, provider, passwords, account, users, user,
)  # fmt: skip
