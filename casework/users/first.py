"""The first account of a home: a system administrator with a one-time password, made once."""

from __future__ import annotations

from casework.users.password_rules import one_time_password
from casework.users.passwords import sealed_password
from casework.users.reading import has_accounts, name_of
from casework.users.writing import By, append_at, envelope_of
from domain.cases.permission import SYSADMIN
from domain.cases.user import UserAdded
from ledger.home import Home
from ledger.log import AlreadyThere

NAME = "admin"


def first_administrator(home: Home, by: By, name: str = NAME) -> str | None:
    """Make the first account and return its one-time password, which is kept nowhere; None where there are accounts.

    Malformed: no such name; Unreachable. Of two processes that start at once with one name one makes it.
    """
    called = name_of(name)
    if has_accounts(home):
        return None
    password = one_time_password()
    secret = sealed_password(home, called, password, by, one_time=True)
    added = UserAdded(user=called, role=SYSADMIN, envelope=envelope_of(called, by))
    try:
        append_at(home, called, 0, [added, secret])
    except AlreadyThere:
        return None
    return password
