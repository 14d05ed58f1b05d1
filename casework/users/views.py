"""Filters that somebody keeps under a name: events of their account, with nothing of a person in them."""

from __future__ import annotations

import re

from casework.users.reading import needed_account
from casework.users.writing import By, append, envelope_of
from domain.cases.user import ViewRemoved, ViewSaved
from domain.errors import Malformed, NotFound, Refused
from ledger.home import Home

MOST, LONGEST_NAME, LONGEST_QUERY = 20, 20, 500
_NUMBER = re.compile(r"[0-9]{6}")
_PLAIN = re.compile(r"[A-Za-z0-9=&._~%@:+-]*")
"""What a query may hold: words of filters and ids. Other text, which may be a name, is written with percent signs."""


def save(home: Home, user: str, name: str, query: str, by: By) -> None:
    """Keep a query under a name, in the place of one that was kept so before. Malformed, Refused."""
    account, called = needed_account(home, user), name.strip()
    if not called or len(called) > LONGEST_NAME or _NUMBER.search(called):
        raise Malformed(
            f"名称为 1 到 {LONGEST_NAME} 个字，不含号码", f"a name has 1 to {LONGEST_NAME} characters, no number"
        )
    if len(query) > LONGEST_QUERY or not _PLAIN.fullmatch(query) or "%" in query:
        raise Malformed(
            "保存的筛选不含文字查询（账本里不写姓名）：请只用下拉框和编号",
            "a kept filter holds no text, since the ledger names nobody: use the choices and ids alone",
        )
    if called not in account.views and len(account.views) >= MOST:
        raise Refused(f"最多保存 {MOST} 个筛选，请先删除", f"at most {MOST} filters are kept: remove one first")
    append(home, user, account.version, [ViewSaved(user, called, query, envelope=envelope_of(user, by))])


def remove(home: Home, user: str, name: str, by: By) -> None:
    """Forget a kept query; NotFound."""
    account = needed_account(home, user)
    if name not in account.views:
        raise NotFound(f"没有保存的筛选“{name}”", f"no filter is kept as {name}")
    append(home, user, account.version, [ViewRemoved(user, name, envelope=envelope_of(user, by))])

