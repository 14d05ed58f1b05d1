"""A version of a rule: the files of its folder and the parameters that it sets itself, named by both."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from domain.cases.rule import version_name
from domain.cases.rule_state import VersionState
from domain.errors import NotFound
from ledger.objects import Objects
from risk.catalogue.rule import CARD, EXAMPLES, LOCK, QUERY, Rule, read_rule
from risk.catalogue.variants import with_values

FILES = (CARD, QUERY, EXAMPLES, LOCK)
"""What a rule's folder holds."""


class Version(NamedTuple):
    """A version that can be run."""

    name: str
    rule: Rule
    """With the values of the version as its defaults."""
    folder: str
    """SHA-256 of the list of its files."""
    files: dict[str, bytes]
    values: dict[str, float]

    @property
    def hashes(self) -> dict[str, str]:
        """File to the hash of its content."""
        return _hashes(self.files)


def version_in(folder: Path, values: Mapping[str, float]) -> Version:
    """Return the version in a folder. NotFound: no folder, or one without a file; MalformedRule, Malformed."""
    files = {}
    for name in FILES:
        path = folder / name
        if not path.is_file():
            raise NotFound(f"{folder} 中没有 {name}，不是规则文件夹", f"{folder} has no {name}: it is no rule's folder")
        files[name] = path.read_bytes()
    return _version(read_rule(folder), files, values)


def stored_version(objects: Objects, state: VersionState) -> Version:
    """Return a version that was submitted; Broken where a file of it is missing or was changed."""
    files = {name: objects.get(digest) for name, digest in state.files.items()}
    return _version(_read(files), files, state.values)


def keep(objects: Objects, version: Version) -> dict[str, str]:
    """Keep the files of a version as objects; return file to object. Unreachable."""
    return {name: objects.put(content) for name, content in version.files.items()}


def _version(rule: Rule, files: dict[str, bytes], values: Mapping[str, float]) -> Version:
    folder = hashlib.sha256(msgspec.json.encode(_hashes(files), order="sorted")).hexdigest()
    own = {name: float(value) for name, value in values.items()}
    return Version(version_name(rule.id, folder, own), with_values(rule, own), folder, files, own)


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def _read(files: Mapping[str, bytes]) -> Rule:
    """Return the rule of these files; they stand in a folder only while they are read."""
    with tempfile.TemporaryDirectory(prefix="mingzhang-rule-") as temporary:
        folder = Path(temporary)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return read_rule(folder)
