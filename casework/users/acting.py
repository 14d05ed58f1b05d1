"""Who acts, and whether they may: from a name on the command line, a session or a token to an actor who was checked."""

from __future__ import annotations

from casework.users.reading import account_named, has_accounts
from domain.cases.account import Account
from domain.cases.permission import FREE, OPERATOR, Actor, different, may
from domain.errors import Refused
from ledger.home import Home


def acting(home: Home, name: str, action: str, to: str | None = None, *, named: bool = True) -> Actor:
    """Return who acts on the command line, having checked that they may.

    `name`: as --as gives it; `named`: False where --as was not given and it is the name that the machine knows.
    `to`: as `may` takes it. In a home without accounts every name is taken as it is.
    Refused: no such account, disabled, no permission, or no name where an account is needed.
    """
    actor = actor_named(home, name, named=named)
    may(actor, action, to)
    return actor


def actor_named(home: Home, name: str, *, named: bool = True) -> Actor:
    """Return the same without asking for a permission; Refused: no such account, or disabled."""
    account = account_named(home, name)
    if account is not None:
        return actor_of(account)
    if not has_accounts(home):
        return Actor(name, FREE)
    if not named:
        return Actor(name, OPERATOR)
    raise Refused(
        f"没有账号 {name}：请用 --as 指明已有的账号（mingzhang users list 可查看）",
        f"there is no account {name}: name one with --as (see mingzhang users list)",
    )


def actor_of(account: Account, scopes: frozenset[str] | None = None) -> Actor:
    """Return an account as actor; `scopes`: of the bearer token that was shown. Refused where it is disabled."""
    if not account.enabled:
        raise Refused(f"账号 {account.name} 已停用", f"the account {account.name} is disabled")
    return Actor(account.name, account.role, account.township, account.department, account.person, scopes)


def check_another(home: Home, actor: Actor, earlier: str) -> None:
    """Refuse where who acts did the earlier step too, by this account or another; `earlier`: the actor of its event."""
    account = account_named(home, earlier)
    person = None if account is None else account.person
    different(Actor(earlier, FREE, person=person), actor)
