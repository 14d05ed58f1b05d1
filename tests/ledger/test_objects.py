"""Contents are found under their hash, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from domain.errors import Broken, Malformed, Unreachable
from ledger.objects import Objects

Limit = Callable[[int], AbstractContextManager[None]]


def test_a_content_comes_back_under_its_hash_and_twice_is_once(tmp_path: Path) -> None:
    objects = Objects.of_home(tmp_path)
    name = objects.put(b"rule text")
    assert name == hashlib.sha256(b"rule text").hexdigest()
    assert objects.put(b"rule text") == name
    assert objects.get(name) == b"rule text"
    assert [path.name for path in (tmp_path / "objects").iterdir()] == [name]


def test_a_half_written_content_is_written_again(tmp_path: Path) -> None:
    objects = Objects.of_home(tmp_path)
    name = objects.put(b"rule text")
    (tmp_path / "objects" / name).write_bytes(b"rule")
    assert objects.put(b"rule text") == name
    assert objects.get(name) == b"rule text"


def test_a_changed_content_is_broken(tmp_path: Path) -> None:
    objects = Objects.of_home(tmp_path)
    name = objects.put(b"rule text")
    (tmp_path / "objects" / name).write_bytes(b"rule texT")
    with pytest.raises(Broken, match=name):
        objects.get(name)


@pytest.mark.parametrize("name", ["", "..", "../keys/home.json", "A" * 64, "0" * 63])
def test_what_is_no_hash_is_malformed(tmp_path: Path, name: str) -> None:
    with pytest.raises(Malformed):
        Objects.of_home(tmp_path).get(name)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, file_limit: Limit) -> None:
    objects = Objects.of_home(tmp_path)
    with file_limit(1000), pytest.raises(Unreachable):
        objects.put(b"x" * 5000)
    assert list((tmp_path / "objects").iterdir()) == []
