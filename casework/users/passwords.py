"""Passwords: their argon2id hashes sealed in the vault, and which one counts said by the ledger."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from casework.users.password_rules import LONGEST, check_password, one_time_password, plain
from casework.users.reading import needed_account
from casework.users.writing import By, append, envelope_of
from domain.cases.account import Account
from domain.cases.user import PasswordSet
from domain.errors import Refused
from ledger.home import Home
from ledger.vault import credentials_of
from ledger.vault_putting import Sealed

KIND = "password"
"""Kind of the vault's entries: `<credential>:<argon2id hash>`."""
_HASHER = PasswordHasher()
"""argon2id as RFC 9106 advises where memory is short: 64 MiB, three passes, four lanes."""


def set_one_time(home: Home, name: str, by: By) -> str:
    """Give an account a password by chance, to be changed at its first sign-in, and return it; it is kept nowhere.

    NotFound; Refused where the account's secrets were erased from the vault.
    """
    account = needed_account(home, name)
    password = one_time_password()
    append(home, account.name, account.version, [sealed_password(home, account.name, password, by, one_time=True)])
    return password


def set_own(home: Home, name: str, password: str, by: By) -> None:
    """Set the password that a user chose; the sessions end.

    Malformed: too easy to guess; Refused: one of the last that were used; NotFound.
    """
    account = needed_account(home, name)
    check_password(password, account.name)
    kept = _hashes(home, account.name)
    if any(_fits(kept[earlier], password) for earlier in account.passwords if earlier in kept):
        raise Refused("不能再用最近用过的密码", "this is one of the passwords last used: take another one")
    append(home, account.name, account.version, [sealed_password(home, account.name, password, by)])


def sealed_password(home: Home, name: str, password: str, by: By, *, one_time: bool = False) -> PasswordSet:
    """Seal a password's hash and return the event that makes it count; without the event it counts for nothing."""
    credential = secrets.token_hex(8)
    put = home.vault.put([Sealed(credentials_of(name), KIND, f"{credential}:{_HASHER.hash(plain(password))}")])
    if put.erased:
        raise Refused(
            f"账号 {name} 的登录凭据已从保险库永久删除：请另建账号",
            f"the secrets of the account {name} were erased from the vault for good: make another account",
        )
    return PasswordSet(user=name, credential=credential, one_time=one_time, envelope=envelope_of(name, by))


def password_fits(home: Home, account: Account | None, password: str) -> bool:
    """Say whether a password is an account's; as slow where there is no account or password, so that none is told."""
    current = None
    if account is not None and account.password is not None:
        current = _hashes(home, account.name).get(account.password)
    if current is None:
        _fits(_nobodys(), password)
        return False
    return _fits(current, password)


def _hashes(home: Home, name: str) -> dict[str, str]:
    """Return credential to hash."""
    pairs = (value.decode().partition(":") for value in home.vault.credentials(name, KIND))
    return {credential: hashed for credential, _, hashed in pairs}


def _fits(hashed: str, password: str) -> bool:
    if len(password) > LONGEST:
        return False
    try:
        return _HASHER.verify(hashed, plain(password))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_hex(16))
