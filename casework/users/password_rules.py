"""What makes a password good enough, told in one sentence each; and one-time passwords that can be read aloud."""

from __future__ import annotations

import secrets
import unicodedata

from domain.errors import Malformed

SHORTEST, LONGEST = 10, 128
LONG = 16
"""From this length on any kinds of characters will do."""
KINDS = 3
DIFFERENT = 6
"""How many different characters there have to be."""
_COMMON = ("password", "passw0rd", "qwerty", "admin", "mingzhang", "welcome", "123456", "abc123", "111111", "888888")
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without characters that look alike."""
_GROUPS, _GROUP = 4, 4
"""16 characters of 31: 79 bits."""


def plain(password: str) -> str:
    """Return a password as it is compared, full-width forms folded, so that an input method makes no difference."""
    return unicodedata.normalize("NFKC", password).encode(errors="replace").decode()


def check_password(password: str, user: str) -> None:
    """Refuse (Malformed) a password that is too easy to guess."""
    text = plain(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise Malformed(
            f"密码须有 {SHORTEST} 至 {LONGEST} 个字符，收到 {len(text)} 个",
            f"a password has {SHORTEST} to {LONGEST} characters, found {len(text)}",
        )
    if len(text) < LONG and _kinds(text) < KINDS:
        raise Malformed(
            f"密码须含小写、大写、数字、其他字符中的 {KINDS} 种，或至少 {LONG} 个字符",
            f"a password has {KINDS} of small letters, capitals, digits and others, or at least {LONG} characters",
        )
    if len(set(text)) < DIFFERENT:
        raise Malformed(
            f"密码须有至少 {DIFFERENT} 个不同的字符", f"a password has at least {DIFFERENT} different characters"
        )
    folded = text.casefold()
    if any(word in folded for word in (user.casefold(), *_COMMON) if len(word) > 2):
        raise Malformed(
            "密码中不能含账号名或常见的词", "a password holds neither the account's name nor a word that many take"
        )


def one_time_password() -> str:
    """Return a password by chance, in four groups of four readable characters."""
    groups = ("".join(secrets.choice(_READABLE) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _kinds(text: str) -> int:
    lower, upper = any(each.islower() for each in text), any(each.isupper() for each in text)
    digit = any(each.isdigit() for each in text)
    other = any(not (each.islower() or each.isupper() or each.isdigit()) for each in text)
    return lower + upper + digit + other
