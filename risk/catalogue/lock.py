"""rule.lock: the hash of a rule's SQL and defaults under its version, so that neither changes without a new version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from risk.catalogue.issue import Issue
from risk.catalogue.places import line_of
from risk.catalogue.rule import CARD, LOCK, Rule, read_toml


class Lock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of rule.lock."""

    version: int
    sha256: str
    """Of the SQL and the parameters' defaults, lower-case hex."""


def seal_of(rule: Rule) -> str:
    """Return the hash that binds a version: of the SQL, a zero byte, and the defaults as JSON with sorted keys."""
    return hashlib.sha256(rule.sql.encode() + b"\0" + msgspec.json.encode(rule.defaults, order="sorted")).hexdigest()


def check_lock(rule: Rule) -> Iterator[Issue]:
    """Yield an issue where the rule has no lock, or where it changed and the version was not raised."""
    path = rule.folder / LOCK
    line = line_of((rule.folder / CARD).read_text("utf-8"), ("version",))
    if not path.exists():
        zh, en = "缺少 rule.lock，请运行 rules check --accept", "there is no rule.lock; run rules check --accept"
        yield Issue(rule.folder / CARD, line, "lock", zh, en)
        return
    lock = read_toml(path, Lock)
    changed = lock.sha256 != seal_of(rule)
    if rule.version < lock.version or (changed and rule.version == lock.version):
        zh = f"SQL 或参数默认值已变而版本仍为 {rule.version}，应提高版本"
        en = f"the SQL or a default has changed under version {rule.version}; raise the version"
        yield Issue(rule.folder / CARD, line, "lock", zh, en)
    elif changed or rule.version != lock.version:
        zh, en = (
            "版本已提高而未确认，请运行 rules check --accept",
            "a new version is not accepted yet; run rules check --accept",
        )
        yield Issue(rule.folder / CARD, line, "lock", zh, en)


def accept(rule: Rule) -> list[Issue]:
    """Write the rule's lock; where the version was not raised for a change, write nothing and return the issue."""
    path = rule.folder / LOCK
    if path.exists():
        lock = read_toml(path, Lock)
        if rule.version < lock.version or (rule.version == lock.version and lock.sha256 != seal_of(rule)):
            return list(check_lock(rule))
    path.write_text(f'version = {rule.version}\nsha256 = "{seal_of(rule)}"\n', "utf-8")
    return []
