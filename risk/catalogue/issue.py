"""What a check finds wrong with a rule or a shared view: where it stands and what it is, in both languages."""

from __future__ import annotations

from pathlib import Path

import msgspec

from risk.catalogue.rule import MalformedRule


class Issue(msgspec.Struct, frozen=True, order=True):
    """One thing wrong: the file and line (from 1), the check that says so, and its sentence."""

    file: Path
    line: int
    check: str
    zh: str
    en: str

    def __str__(self) -> str:
        """Return the issue as one line, as compilers write it."""
        return f"{self.file}:{self.line}: {self.check}: {self.zh} / {self.en}"


def issue_of(error: MalformedRule) -> Issue:
    """Return the issue that a file which cannot be read is."""
    return Issue(error.file, error.line, "form", error.problem_zh, error.problem_en)
