"""Identity numbers: GB 11643 for residents (15 digits widened), GB 32100 for units, and numbers near a wrong one."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from operator import mul

import msgspec

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CODE_OFFSET = ord("0") * sum(_WEIGHTS)
_CHECKS = "10X98765432"
_RESIDUES = {character: residue for residue, character in enumerate(_CHECKS)}
_UNIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_UNIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_UNIT_VALUES = {character: value for value, character in enumerate(_UNIT_ALPHABET)}
_DIGITS = "0123456789"
_LIKE_X = frozenset("×ХΧ✕✖")
"""What keyboards give for the check character X: a multiplication sign, the Cyrillic and the Greek letter."""
_NO_NUMBERS = frozenset({"NULL", "NONE", "NAN", "NA", "N/A", "#N/A", "NIL", "UNKNOWN", "\\N"})
_MASK = re.compile(r"[*●○•·□■◯?#…_]{2,}|X{4,}|\.{3,}")


class NumberRead(msgspec.Struct, frozen=True):
    """An identity number as read: its normal form and what it says."""

    number: str
    valid: bool
    birth: date | None = None
    sex: str | None = None


def check_character(first17: str) -> str:
    """Return the 18th character of a resident's number; ValueError unless 17 ASCII digits are given."""
    if len(first17) != 17 or not (first17.isascii() and first17.isdigit()):
        raise ValueError(f"17 digits expected, got {first17!r}")
    return _CHECKS[_weighted(first17) % 11]


def _weighted(body: str) -> int:
    """Return the weighted sum of 17 digits, from their character codes less what those add."""
    total: int = sum(map(mul, body.encode("ascii"), _WEIGHTS))
    return total - _CODE_OFFSET


def normalised(text: str) -> str:
    """Return the number in capitals, full-width forms folded, without inner blanks, 15 digits widened to 18."""
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text)
    number = folded.upper().replace(" ", "")
    if len(number) == 18 and number[17] in _LIKE_X:
        number = f"{number[:17]}X"
    if len(number) == 15 and number.isascii() and number.isdigit():
        widened = f"{number[:6]}19{number[6:]}"
        return widened + check_character(widened)
    return number


def lacks_number(text: str) -> bool:
    """Say whether a text in a number's place is none: words (无, 遗失), a stroke, nought, a program's word for nothing.

    Everybody of whom it is said would be one person.
    """
    number = normalised(text)
    meant = [character for character in number if character.isascii() and character.isalnum()]
    return not meant or number in _NO_NUMBERS or set(meant) == {"0"}


def lacks_digits(text: str) -> bool:
    """Say whether a number is masked (653123********0016): hundreds of people of a county share what is left of it."""
    return _MASK.search(normalised(text)) is not None


def read_resident(text: str) -> NumberRead:
    """Read a resident's number; one that fails its check, or has no such birth date, is not valid but kept."""
    number = normalised(text)
    body = number[:17]
    if len(number) != 18 or not (body.isascii() and body.isdigit()):
        return NumberRead(number, valid=False)
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return NumberRead(number, valid=False)
    sex = "m" if int(number[16]) % 2 else "f"
    return NumberRead(number, _CHECKS[_weighted(body) % 11] == number[17] and birth.year >= 1880, birth, sex)


def read_unit(text: str) -> NumberRead:
    """Read a unit's unified social credit code (GB 32100: 18 characters, mod 31)."""
    number = normalised(text)
    if len(number) != 18 or any(character not in _UNIT_VALUES for character in number):
        return NumberRead(number, valid=False)
    total = sum(_UNIT_VALUES[character] * weight for character, weight in zip(number, _UNIT_WEIGHTS, strict=False))
    return NumberRead(number, _UNIT_VALUES[number[17]] == (31 - total % 31) % 31)


def read_number(text: str, kind: str) -> NumberRead:
    """Read a number of a kind of paper (payer_id_type); papers without a public check count as valid when not empty."""
    if kind == "resident-id":
        return read_resident(text)
    if kind == "uscc":
        return read_unit(text)
    return NumberRead(normalised(text), valid=True)


def near_numbers(number: str) -> tuple[str, ...]:
    """Return the valid resident numbers one substitution or one swap of neighbours away, sorted (about 20)."""
    body, check = number[:17], number[17:]
    if len(number) != 18 or not (body.isascii() and body.isdigit()):
        slips = _one_digit_for_a_letter(number)
        return tuple(sorted(candidate for candidate in slips if read_resident(candidate).valid))
    digits = list(map(int, body))
    total = _weighted(body)
    candidates = {body + _CHECKS[total % 11]}
    if check in _RESIDUES:
        wanted = _RESIDUES[check]
        for place, (digit, weight) in enumerate(zip(digits, _WEIGHTS, strict=True)):
            candidates |= {
                f"{body[:place]}{other}{body[place + 1 :]}{check}"
                for other in range(10)
                if (total + weight * (other - digit)) % 11 == wanted
            }
    candidates |= {number[:place] + number[place + 1] + number[place] + number[place + 2 :] for place in range(17)}
    candidates.discard(number)
    return tuple(sorted(candidate for candidate in candidates if read_resident(candidate).valid))


def _one_digit_for_a_letter(number: str) -> set[str]:
    """Return the numbers that put a digit for the only character that is none; none where there are several."""
    places = [place for place, character in enumerate(number[:17]) if not (character.isascii() and character.isdigit())]
    if len(number) != 18 or len(places) != 1:
        return set()
    return {number[: places[0]] + digit + number[places[0] + 1 :] for digit in _DIGITS}
