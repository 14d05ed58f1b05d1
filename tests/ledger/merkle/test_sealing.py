"""What is on disk after sealing, whatever came between: batches, crashes, several processes, a changed ledger."""

from __future__ import annotations

import shutil
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Broken
from ledger.home import Home
from ledger.keys import Keys
from ledger.merkle.checkpoint import read_checkpoint
from ledger.merkle.hashing import is_consistent, leaf_hash, root_of_inclusion
from ledger.merkle.sealer import Disagreement
from ledger.merkle.tiles import Tiles, tile_name, unbundled
from ledger.merkle.tree import Tree
from tests.ledger.merkle.sealed import SIZES, Kept, append, attack, check, entries, row
from tests.ledger.merkle.test_hashing import by_definition


def size_of(home: Path) -> int:
    return read_checkpoint((home / "log" / "checkpoint").read_text(encoding="utf-8")).checkpoint.size


def test_an_empty_home_has_a_checkpoint_of_size_nothing(tmp_path: Path) -> None:
    Home.open(tmp_path / "home").close()
    assert size_of(tmp_path / "home") == 0
    assert (tmp_path / "home" / "log" / "key.pub").read_text(encoding="utf-8").startswith("mingzhang/")


def test_a_temporary_home_is_not_sealed(tmp_path: Path) -> None:
    Home(tmp_path / "home", Keys.in_memory(b"k" * 32)).close()
    assert not (tmp_path / "home" / "log").exists()


def test_the_checkpoint_covers_all_that_a_command_appended(untouched: Kept) -> None:
    assert size_of(untouched.home) == SIZES[-1] == len(entries(untouched.home))


def test_bundles_hold_the_entries_and_tiles_their_hashes(untouched: Kept) -> None:
    log, expected = Tiles(untouched.home / "log"), entries(untouched.home)
    bundled = [
        entry
        for number, width in ((0, 256), (1, 256), (2, 256), (3, 256), (4, 76))
        for entry in unbundled(log.content("entries", number, width))
    ]
    assert bundled == expected
    assert log.hashes(0, 4, 76) == [leaf_hash(entry) for entry in expected[1024:]]
    assert log.hashes(1, 0, 4) == [by_definition(expected[start : start + 256]) for start in range(0, 1024, 256)]


def test_partial_tiles_stay_until_the_full_one_is_there(untouched: Kept) -> None:
    names = sorted(
        str(file.relative_to(untouched.home / "log"))
        for file in (untouched.home / "log" / "tile").rglob("*")
        if file.is_file()
    )
    entry_files = [f"tile/entries/{number:03d}" for number in range(4)]
    hash_files = [f"tile/0/{number:03d}" for number in range(4)]
    partial = ["tile/0/004.p/76", "tile/1/000.p/1", "tile/1/000.p/2", "tile/1/000.p/4", "tile/entries/004.p/76"]
    assert names == sorted([*entry_files, *hash_files, *partial])


@pytest.mark.parametrize("index", [0, 255, 256, 700, 1023, 1024, 1099])
def test_an_inclusion_proof_leads_from_the_entry_to_the_root(untouched: Kept, index: int) -> None:
    tree, entry = Tree(Tiles(untouched.home / "log"), SIZES[-1]), entries(untouched.home)[index]
    root = root_of_inclusion(index, SIZES[-1], leaf_hash(entry), tree.inclusion(index))
    assert root == tree.root() == by_definition(entries(untouched.home))
    assert root_of_inclusion(index, SIZES[-1], leaf_hash(entry + b" "), tree.inclusion(index)) != root


@settings(max_examples=40, deadline=None)
@given(st.integers(0, SIZES[-1]), st.integers(0, SIZES[-1]))
def test_a_consistency_proof_joins_any_two_sizes(untouched: Kept, one: int, other: int) -> None:
    old, size = sorted((one, other))
    expected, log = entries(untouched.home), Tiles(untouched.home / "log")
    path, root = Tree(log, size, SIZES[-1]).consistency(old), by_definition(expected[:size])
    assert is_consistent(old, by_definition(expected[:old]), size, root, path)
    if 0 < old < size:
        assert not is_consistent(old, leaf_hash(b"another"), size, root, path)


def test_tile_names_are_those_of_tlog_tiles() -> None:
    assert tile_name(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_name(2, 0, 17) == "tile/2/000.p/17"
    assert tile_name("entries", 1000, 5) == "tile/entries/x001/000.p/5"


def test_what_a_crash_left_between_tiles_and_checkpoint_is_taken_up(kept: Kept, untouched: Kept) -> None:
    append(kept.home, [row(number) for number in range(SIZES[-1], 1300)])
    whole = (kept.home / "log" / "checkpoint").read_bytes()
    shutil.copy(untouched.home / "log" / "checkpoint", kept.home / "log" / "checkpoint")
    for name in ("tile/0/004.p/76", "tile/entries/004.p/76"):
        shutil.copy(untouched.home / "log" / name, kept.home / "log" / name)
    Home.open(kept.home).close()
    assert (kept.home / "log" / "checkpoint").read_bytes() == whole
    assert check(kept).checkpoint.size == 1300


def test_what_was_appended_by_a_killed_command_is_sealed_by_the_next(kept: Kept) -> None:
    home = Home.open(kept.home)
    home.ledger.append([row(SIZES[-1])])
    home.ledger.close()
    home.vault.close()
    assert size_of(kept.home) == SIZES[-1]
    Home.open(kept.home).close()
    assert size_of(kept.home) == SIZES[-1] + 1


def test_many_at_once_seal_one_log(tmp_path: Path) -> None:
    with closing(Home.open(tmp_path / "home")) as first, closing(Home.open(tmp_path / "home")) as second:
        def work(home: Home, start: int) -> None:
            for number in range(start, start + 400, 40):
                home.ledger.append([row(n) for n in range(number, number + 40)])
                assert home.sealer is not None
                home.sealer.seal()

        threads = [threading.Thread(target=work, args=(home, at)) for home, at in ((first, 0), (second, 1000))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert size_of(tmp_path / "home") == 800
    assert Tree(Tiles(tmp_path / "home" / "log"), 800).root() == by_definition(entries(tmp_path / "home"))


def test_nothing_is_signed_where_the_ledger_is_shorter_than_the_log(kept: Kept) -> None:
    attack(kept.home, ("DELETE FROM stored_events WHERE position > 1000", ()))
    home = Home.open(kept.home)
    with pytest.raises(Disagreement, match="1000"):
        home.close()


def test_nothing_is_signed_where_the_last_sealed_event_is_another(kept: Kept) -> None:
    attack(kept.home, ("UPDATE stored_events SET state = ? WHERE position = 1100", (b"{}",)))
    home = Home.open(kept.home)
    home.ledger.append([row(5000)])
    with pytest.raises(Disagreement, match="1100"):
        home.close()


def test_nothing_is_signed_where_a_tile_was_changed(kept: Kept) -> None:
    tile = kept.home / "log" / "tile" / "1" / "000.p" / "4"
    tile.write_bytes(bytes(len(tile.read_bytes())))
    home = Home.open(kept.home)
    home.ledger.append([row(5000)])
    with pytest.raises(Disagreement):
        home.close()


def test_a_log_without_its_key_is_refused(kept: Kept) -> None:
    (kept.home / "keys" / "log.json").unlink()
    with pytest.raises(Broken, match="another log"):
        Home.open(kept.home)
