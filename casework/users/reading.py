"""Accounts as the ledger has them: one, all, or whether there are any; a process reads each event of them once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from domain.cases.account import Account, account_after
from domain.cases.user import KIND, UserEvent
from domain.errors import Broken, Malformed, NotFound
from domain.identity import read_resident
from ledger.home import Home
from ledger.log import Ledger
from ledger.rows import Recorded

NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


def name_of(text: str) -> str:
    """Return the name of an account as it is kept, small letters; Malformed where it cannot be one."""
    name = text.strip().lower()
    if not NAME.fullmatch(name) or read_resident(name).valid:
        raise Malformed(
            f"“{text}”不能作账号名：请用字母、数字和 . _ @ -，如工号或拼音；账号名会写入账本，不要用姓名、证件号码",
            f"{text!r} cannot name an account: letters a-z, digits and . _ @ -, such as a work number; it stands in "
            "the ledger, so take no person's name or ID number",
        )
    return name


def stream_of(name: str) -> str:
    """Return the stream of an account's events."""
    return f"{KIND}:mingzhang:{name}"


def account_named(home: Home, name: str) -> Account | None:
    """Return an account, from its own stream alone; None where there is none. Broken, Unreachable."""
    called = name.strip().lower()
    if not NAME.fullmatch(called):
        return None
    known = _known(home.ledger)
    account = known.get(called)
    fresh = home.ledger.rows.select_events(stream_of(called), gt=0 if account is None else account.version)
    rows = (Recorded(0, str(row.originator_id), row.originator_version, row.topic, row.state) for row in fresh)
    return _taken(home.ledger, known, called, rows)


def needed_account(home: Home, name: str) -> Account:
    """Return an account; NotFound where there is none."""
    found = account_named(home, name)
    if found is None:
        raise NotFound(
            f"没有账号 {name}：用 mingzhang users list 查看", f"there is no account {name}: see mingzhang users list"
        )
    return found


def accounts(home: Home) -> dict[str, Account]:
    """Return all accounts by name, disabled ones too, in the order in which they were made; Broken, Unreachable."""
    by_name: dict[str, list[Recorded]] = {}
    for row in home.ledger.of_type(KIND):
        by_name.setdefault(row.stream.rpartition(":")[2], []).append(row)
    known = _known(home.ledger)
    found = {name: _taken(home.ledger, known, name, rows) for name, rows in by_name.items()}
    return {name: account for name, account in found.items() if account is not None}


def has_accounts(home: Home) -> bool:
    """Say whether any account was ever made; Unreachable."""
    return bool(home.ledger.of_type(KIND))


def events_of(home: Home, name: str | None = None) -> list[UserEvent]:
    """Return what happened to one account, or to all, in the order of the ledger; Broken, Unreachable."""
    if name is None:
        return [_event(home.ledger, row) for row in home.ledger.of_type(KIND)]
    stream = stream_of(name)
    return [_event(home.ledger, row) for row in home.ledger.versions([stream]).get(stream, [])]


_KNOWN: WeakKeyDictionary[Ledger, dict[str, Account]] = WeakKeyDictionary()
"""Per open ledger, accounts as they stood when they were last read: later events are looked for each time."""


def _known(ledger: Ledger) -> dict[str, Account]:
    return _KNOWN.setdefault(ledger, {})


def _taken(ledger: Ledger, known: dict[str, Account], name: str, rows: Iterable[Recorded]) -> Account | None:
    """Return an account with those of the rows that it does not have yet, and remember it."""
    account = known.get(name)
    for row in rows:
        if account is None or row.version > account.version:
            account = account_after(account, _event(ledger, row))
    if account is not None:
        known[name] = account
    return account


def _event(ledger: Ledger, row: Recorded) -> UserEvent:
    event = ledger.event(row)
    if not isinstance(event, UserEvent):
        raise Broken(
            f"{row.stream} 中有不是账号事件的 {row.topic}：请运行 mingzhang verify 核对账本",
            f"{row.stream} holds {row.topic}, which is no event of an account: run mingzhang verify on the ledger",
        )
    return event
