"""A rule as its folder holds it, and the reading of one folder or of the whole catalogue."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec
from sqlglot.errors import SqlglotError

from domain.errors import Malformed, NotFound
from risk.catalogue.card import Card, Value
from risk.catalogue.places import line_of
from risk.catalogue.places import steps_of as path_steps
from risk.catalogue.steps import NamedStep, steps_of

RULES = Path(__file__).resolve().parent.parent / "rules"
CARD, QUERY, EXAMPLES, LOCK = "rule.toml", "rule.sql", "examples.toml", "rule.lock"

Read = TypeVar("Read")


class MalformedRule(Malformed):
    """A file of a rule that cannot be read: which one, in which line, and why."""

    def __init__(self, file: Path, line: int, problem_zh: str, problem_en: str) -> None:
        super().__init__(f"{file} 第 {line} 行：{problem_zh}", f"{file}, line {line}: {problem_en}")
        self.file = file
        self.line = line
        self.problem_zh = problem_zh
        self.problem_en = problem_en


class UnknownRule(NotFound):
    """No rule of that id is in the catalogue."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"规则库中没有规则 {rule}", f"the catalogue has no rule {rule}")
        self.rule = rule


class Rule(msgspec.Struct, frozen=True):
    """One rule: what it is (`card`), its query and the query's hash."""

    folder: Path
    card: Card
    sql: str
    sha256: str
    """Of rule.sql as stored, lower-case hex."""

    @property
    def steps(self) -> tuple[NamedStep, ...]:
        """Its named steps, read when first asked for; MalformedRule where the query is not complete."""
        return _steps(self.folder / QUERY, self.sql)

    @property
    def id(self) -> str:
        """The rule's id, for ever."""
        return self.card.id

    @property
    def version(self) -> int:
        """Raised with every change of the SQL or of a default."""
        return self.card.version

    @property
    def defaults(self) -> dict[str, Value]:
        """The parameters' starting values by name, sorted."""
        return {parameter.name: parameter.value for parameter in sorted(self.card.parameters, key=lambda p: p.name)}


class Catalogue(msgspec.Struct, frozen=True):
    """All rules of a folder, sorted by id."""

    folder: Path
    rules: tuple[Rule, ...]

    def __getitem__(self, rule: str) -> Rule:
        """Return the rule of an id; UnknownRule where there is none."""
        for candidate in self.rules:
            if candidate.id == rule:
                return candidate
        raise UnknownRule(rule)

    def running(self) -> tuple[Rule, ...]:
        """Return the rules that a screening runs: those on trial and the active ones."""
        return tuple(rule for rule in self.rules if rule.card.status in ("trial", "active"))


def rule_folders(folder: Path = RULES) -> list[Path]:
    """Return the folders that hold a rule: those with a rule.toml or a rule.sql, by name."""
    return sorted(path.parent for path in folder.glob("*/rule.toml")) if folder.is_dir() else []


def load(folder: Path = RULES) -> Catalogue:
    """Read every rule of the folder; MalformedRule at the first that cannot be read."""
    rules = [read_rule(path) for path in rule_folders(folder)]
    return Catalogue(folder, tuple(sorted(rules, key=lambda rule: (rule.id, rule.folder.name))))


def read_rule(folder: Path) -> Rule:
    """Read one rule's folder; MalformedRule with file and line where a file is missing or not of its form."""
    card = read_toml(folder / CARD, Card)
    path = folder / QUERY
    try:
        data = path.read_bytes()
        sql = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedRule(path, 1, f"无法读取：{error}", f"cannot be read: {error}") from error
    return Rule(folder, card, sql, hashlib.sha256(data).hexdigest())


@cache
def _steps(path: Path, sql: str) -> tuple[NamedStep, ...]:
    try:
        return steps_of(sql)
    except (SqlglotError, IndexError) as error:
        raise MalformedRule(path, 1, f"不是完整的 SQL：{error}", f"is no complete SQL: {error}") from error


def read_toml(path: Path, form: type[Read]) -> Read:
    """Read a TOML file into a struct, unknown keys being errors; MalformedRule with file and line."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedRule(path, 1, f"无法读取：{error}", f"cannot be read: {error}") from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MalformedRule(
            path, _decode_line(str(error), text), f"不是 TOML：{error}", f"is no TOML: {error}"
        ) from error
    try:
        return msgspec.convert(_dates_as_text(content), form)
    except msgspec.ValidationError as error:
        problem = str(error)
        path_text = problem.rsplit(" - at `", 1)[1].rstrip("`") if " - at `" in problem else "$"
        steps = path_steps(path_text)
        if "unknown field `" in problem:
            steps.append(problem.split("unknown field `", 1)[1].split("`", 1)[0])
        raise MalformedRule(path, line_of(text, steps), f"不合规定的形式：{problem}", problem) from error


def _dates_as_text(value: object) -> object:
    """Return TOML content with its dates and times as ISO text, so that a cell has one form however it was written."""
    if isinstance(value, dict):
        return {key: _dates_as_text(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value


def _decode_line(problem: str, text: str) -> int:
    words = problem.replace(",", " ").replace(")", " ").split()
    if "line" in words:
        return int(words[words.index("line") + 1])
    return len(text.splitlines())
