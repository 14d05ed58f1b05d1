"""Keys are made once, are private, and are never replaced beside what they guard."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import Broken, Malformed
from ledger.keys import KEY_FILE, Keys, open_or_create


def test_keys_are_made_once_and_only_the_owner_may_read_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = open_or_create(home)
    again = open_or_create(home)
    assert (again.token_key, again.master_key) == (made.token_key, made.master_key)
    assert len(made.token_key) == len(made.master_key) == 32
    assert made.token_key != made.master_key
    assert (home / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in (home, (home / KEY_FILE).parent)} == {0o700}
    assert [path.name for path in (home / KEY_FILE).parent.iterdir()] == [KEY_FILE.name]


@pytest.mark.parametrize("name", ["vault.sqlite", "ledger.sqlite"])
def test_a_home_without_its_keys_is_refused_and_gets_no_new_ones(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(Broken) as refused:
        open_or_create(tmp_path)
    assert "备份" in refused.value.zh
    assert "backup" in refused.value.en
    assert not (tmp_path / KEY_FILE).exists()


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b'{"token_key":"AAAA","master_key":"AAAA"}', b"\xff\xfe"])
def test_a_damaged_key_file_is_broken_and_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / KEY_FILE
    file.parent.mkdir()
    file.write_bytes(content)
    with pytest.raises(Broken):
        open_or_create(tmp_path)
    assert file.read_bytes() == content


def test_keys_in_memory_take_the_token_key_and_a_new_master_key(tmp_path: Path) -> None:
    one, two = Keys.in_memory(b"t" * 32), Keys.in_memory(b"t" * 32)
    assert one.token_key == two.token_key == b"t" * 32
    assert one.master_key != two.master_key
    assert list(tmp_path.iterdir()) == []


def test_keys_show_themselves_nowhere() -> None:
    assert repr(Keys.in_memory(b"t" * 32)) == "Keys(...)"


def test_a_key_of_another_length_is_malformed() -> None:
    with pytest.raises(Malformed):
        Keys.in_memory(b"short")
