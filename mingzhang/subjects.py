"""Naming a person on the command line: by token, or by an ID number that comes on stdin and in no argument."""

from __future__ import annotations

import sys

from domain.errors import Malformed
from ledger.home import Home


def subject_named(home: Home, token: str | None, *, number_stdin: bool) -> str:
    """Return the subject of the vault that is meant; Malformed where both or neither are given, or stdin is empty."""
    if number_stdin == (token is not None):
        raise Malformed(
            "请给出令牌，或用 --number-stdin 从标准输入读证件号码（二者选一）",
            "give a token, or an ID number on stdin with --number-stdin: one of the two",
        )
    if token is not None:
        return token
    return home.tokens.identity(number_on_stdin())


def number_on_stdin() -> str:
    """Return the ID number in the first line of stdin; Malformed where there is none."""
    number = sys.stdin.readline().strip()
    if not number:
        raise Malformed(
            "标准输入中没有证件号码：请在第一行写明",
            "there is no ID number on stdin: write it into the first line",
        )
    return number
