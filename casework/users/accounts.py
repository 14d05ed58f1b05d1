"""Making, changing and disabling accounts; a person has one, and an administrator always remains."""

from __future__ import annotations

from typing import NamedTuple

from casework.users.reading import accounts, name_of, needed_account
from casework.users.writing import By, append, envelope_of
from domain.cases.account import Account, account_after
from domain.cases.permission import LIAISON, OF_TOWNSHIP, ROLES, SYSADMIN
from domain.cases.user import UserAdded, UserChanged, UserDisabled, UserEnabled
from domain.division import TOWNSHIP, is_division
from domain.errors import Malformed, Refused
from domain.identity import read_resident
from ledger.home import Home
from ledger.vault_putting import Sealed


class Place(NamedTuple):
    """What an account may be used for."""

    role: str
    township: str | None = None
    department: str | None = None
    number: str | None = None
    """ID number of who uses it, for 回避; the ledger gets its token, the vault the number. None: as it stands."""


def add(home: Home, name: str, place: Place, by: By) -> Account:
    """Make an account and return it; without a password nobody signs in with it.

    Malformed: no such name, role, township or number; Refused: it exists, or the person has an account already.
    """
    known = accounts(home)
    called = name_of(name)
    if called in known:
        raise Refused(f"账号 {called} 已存在", f"the account {called} exists already")
    checked = checked_place(place)
    person = _person(home, checked, called, known)
    event = UserAdded(
        user=called, role=checked.role, township=checked.township, department=checked.department, person=person,
        envelope=envelope_of(called, by),
    )  # fmt: skip
    append(home, called, 0, [event])
    return account_after(None, event)


def change(home: Home, name: str, place: Place, by: By) -> Account:
    """Give an account another role or place and return it; errors as `add`, NotFound, and Refused as `disable`."""
    known = accounts(home)
    account = _needed(home, known, name)
    checked = checked_place(place)
    if checked.role != SYSADMIN:
        _check_last(known, account)
    person = account.person if place.number is None else _person(home, checked, account.name, known)
    event = UserChanged(
        user=account.name, role=checked.role, township=checked.township, department=checked.department, person=person,
        envelope=envelope_of(account.name, by),
    )  # fmt: skip
    append(home, account.name, account.version, [event])
    return account_after(account, event)


def disable(home: Home, name: str, by: By) -> Account:
    """Let nobody use an account any more, its sessions and tokens included; return it.

    NotFound; Refused: disabled already, or the last one that can manage users.
    """
    known = accounts(home)
    account = _needed(home, known, name)
    if not account.enabled:
        raise Refused(f"账号 {account.name} 早已停用", f"the account {account.name} is disabled already")
    _check_last(known, account)
    event = UserDisabled(user=account.name, envelope=envelope_of(account.name, by))
    append(home, account.name, account.version, [event])
    return account_after(account, event)


def enable(home: Home, name: str, by: By) -> Account:
    """Let a disabled account be used again and return it; NotFound; Refused where it is not disabled."""
    known = accounts(home)
    account = _needed(home, known, name)
    if account.enabled:
        raise Refused(f"账号 {account.name} 未停用", f"the account {account.name} is not disabled")
    if account.person is not None:
        _check_alone(account.person, account.name, known)
    event = UserEnabled(user=account.name, envelope=envelope_of(account.name, by))
    append(home, account.name, account.version, [event])
    return account_after(account, event)


def checked_place(place: Place) -> Place:
    """Return a place that a role can have; Malformed."""
    if place.role not in ROLES:
        raise Malformed(
            f"没有角色 {place.role!r}；有：{'、'.join(f'{role}（{words[0]}）' for role, words in ROLES.items())}",
            f"there is no role {place.role!r}; there are: {', '.join(ROLES)}",
        )
    township = (place.township or "").strip() or None
    department = (place.department or "").strip() or None
    if (place.role in OF_TOWNSHIP) != (township is not None):
        raise Malformed(
            f"角色 {place.role} {'须用 --township 指明乡（镇）' if township is None else '不属于某一乡（镇）'}",
            f"the role {place.role} {'needs a township (--township)' if township is None else 'has no township'}",
        )
    if township is not None and not (is_division(township) and len(township) == TOWNSHIP):
        raise Malformed(
            f"乡（镇）代码应为九位数字，收到 {township!r}", f"a township's code has nine digits, found {township!r}"
        )
    if department is not None and place.role != LIAISON:
        raise Malformed(f"角色 {place.role} 不属于某一部门", f"the role {place.role} has no department")
    return place._replace(township=township, department=department)


def _person(home: Home, place: Place, name: str, known: dict[str, Account]) -> str | None:
    """Seal the number and return its token."""
    if place.number is None:
        return None
    read = read_resident(place.number)
    if not read.valid:
        raise Malformed(
            "证件号码校验不符，请核对后重新输入", "the ID number fails its check: look at it again and repeat it"
        )
    token = home.tokens.identity(place.number)
    _check_alone(token, name, known)
    home.vault.put([Sealed(token, "number", read.number)])
    return token


def _check_alone(person: str, name: str, known: dict[str, Account]) -> None:
    for other in known.values():
        if other.enabled and other.person == person and other.name != name:
            raise Refused(
                f"此人已有账号 {other.name}：一人只能有一个账号，兼任不相容的角色须先停用原账号",
                f"the person has the account {other.name}: one person has one account, so that two signatures are two "
                "persons'; disable that one first",
            )


def _check_last(known: dict[str, Account], account: Account) -> None:
    """Refuse where nobody else could manage users afterwards."""
    if account.role != SYSADMIN or not account.enabled:
        return
    if not any(other.enabled and other.role == SYSADMIN and other.name != account.name for other in known.values()):
        raise Refused(
            f"{account.name} 是最后一个系统管理员：请先添加另一个",
            f"{account.name} is the last system administrator: add another one first",
        )


def _needed(home: Home, known: dict[str, Account], name: str) -> Account:
    """Return an account by its name; NotFound."""
    found = known.get(name.strip().lower())
    return needed_account(home, name) if found is None else found


