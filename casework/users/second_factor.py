"""Codes of a device as second factor (TOTP, RFC 6238): the secret sealed in the vault, a code good for once."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from casework.users.reading import needed_account
from casework.users.writing import By, append, envelope_of
from domain.cases.account import Account
from domain.cases.user import SecondFactorSet
from domain.errors import Refused
from ledger.home import Home
from ledger.vault import credentials_of
from ledger.vault_putting import Sealed

KIND = "totp"
"""Kind of the vault's entries: `<credential>:<secret in base32>`."""
ISSUER = "Mingzhang"
DIGITS, STEP_SECONDS = 6, 30
SECRET_BYTES = 20
_ALGORITHM: type[SHA1] = SHA1
"""The one that every device's program takes; codes rest on HMAC, which SHA-1's collisions do not touch."""
_EARLIER, _LATER = 1, 1
"""Steps by which the device's clock may differ."""


class Offered(NamedTuple):
    """A second factor that counts once its first code was shown."""

    credential: str
    uri: str
    """otpauth://..., for a QR code; it is the secret."""


def offer(home: Home, name: str) -> Offered:
    """Make a secret for an account's device; nothing is asked for yet. NotFound."""
    account = needed_account(home, name)
    secret, credential = secrets.token_bytes(SECRET_BYTES), secrets.token_hex(8)
    encoded = base64.b32encode(secret).decode()
    put = home.vault.put([Sealed(credentials_of(account.name), KIND, f"{credential}:{encoded}")])
    if put.erased:
        raise Refused(
            f"账号 {account.name} 的登录凭据已从保险库永久删除：请另建账号",
            f"the secrets of the account {account.name} were erased from the vault for good: make another account",
        )
    return Offered(credential, totp_of(secret).get_provisioning_uri(account.name, ISSUER))


def confirm(home: Home, name: str, credential: str, code: str, by: By) -> None:
    """Ask for codes from now on, the device having shown one that fits; Refused where it does not. NotFound."""
    account = needed_account(home, name)
    secret = _secret(home, account.name, credential)
    step = None if secret is None else fitting_step(secret, code, by.at, after=-1)
    if step is None:
        raise Refused(
            "验证码不对：请核对手机时间，输入最新的验证码",
            "the code does not fit: look at the device's clock and give the latest code",
        )
    event = SecondFactorSet(user=account.name, credential=credential, step=step, envelope=envelope_of(account.name, by))
    append(home, account.name, account.version, [event])


def take_away(home: Home, name: str, by: By) -> None:
    """Ask for no code any more, since the device was lost; Refused where none is asked for. NotFound."""
    account = needed_account(home, name)
    if account.factor is None:
        raise Refused(f"账号 {account.name} 没有第二因素", f"the account {account.name} has no second factor")
    event = SecondFactorSet(user=account.name, envelope=envelope_of(account.name, by))
    append(home, account.name, account.version, [event])


def step_of(home: Home, account: Account, code: str, now: datetime) -> int | None:
    """Return the step whose code was given, one that was not used yet; None where it does not fit."""
    secret = _secret(home, account.name, account.factor)
    return None if secret is None else fitting_step(secret, code, now, after=account.last_step)


def fitting_step(secret: bytes, code: str, now: datetime, *, after: int) -> int | None:
    """Return the number of the 30 seconds, near now and behind `after`, whose code this is; None where none is."""
    digits = "".join(code.split())
    if not digits.isascii():
        return None
    current = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(max(current - _EARLIER, 0), current + _LATER + 1):
        fits = secrets.compare_digest(code_at(secret, step), digits.encode())
        if fits and step > after:
            found = step
    return found


def code_at(secret: bytes, step: int) -> bytes:
    """Return the code of a step."""
    return totp_of(secret).generate(step * STEP_SECONDS)


def totp_of(secret: bytes, digits: int = DIGITS) -> TOTP:
    """Return the generator of a secret."""
    return TOTP(secret, digits, _ALGORITHM(), STEP_SECONDS)


def _secret(home: Home, name: str, credential: str | None) -> bytes | None:
    for value in home.vault.credentials(name, KIND):
        held, _, encoded = value.decode().partition(":")
        if held == credential:
            return base64.b32decode(encoded)
    return None
