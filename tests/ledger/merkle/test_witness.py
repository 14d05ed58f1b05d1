"""A witness cosigns what continues what it saw, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from domain.errors import Broken, Malformed
from ledger.merkle.given import read_key
from ledger.merkle.notes import read_verifier_key, verified
from ledger.merkle.witness import Witness
from tests.ledger.merkle.sealed import Kept, append, attack, row

NAME = "jijian.example.gov.cn"


def at_noon() -> float:
    return 1_770_000_000.5


def test_a_cosigned_checkpoint_bears_both_signatures_and_the_time(kept: Kept, tmp_path: Path) -> None:
    key = read_key(kept.key)
    cosigned = Witness(tmp_path / "witness", NAME).cosign(kept.home / "log", key, at_noon)
    public = read_verifier_key((tmp_path / "witness" / "witness.pub").read_text(encoding="utf-8"))
    assert verified(cosigned.note, key) == 0
    assert verified(cosigned.note, public) == 1_770_000_000
    assert cosigned.note.text == cosigned.checkpoint.text()


def test_a_log_that_grows_is_cosigned_again(kept: Kept, tmp_path: Path) -> None:
    for number in range(2000, 2003):
        cosigned = Witness(tmp_path / "witness", NAME).cosign(kept.home / "log", read_key(kept.key), at_noon)
        append(kept.home, [row(number)])
    assert cosigned.checkpoint.size == 1102


def test_a_log_made_anew_or_cut_off_is_not_cosigned(kept: Kept, tmp_path: Path) -> None:
    key, log = read_key(kept.key), kept.home / "log"
    Witness(tmp_path / "witness", NAME).cosign(log, key, at_noon)
    for statement in ("UPDATE stored_events SET state = x'00' WHERE position = 9", "DELETE FROM stored_events"):
        attack(kept.home, (statement, ()))
        shutil.rmtree(log)
        append(kept.home, [row(5000)])
        with pytest.raises(Broken, match="does not continue"):
            Witness(tmp_path / "witness", NAME).cosign(log, key, at_noon)


def test_tiles_that_do_not_give_the_signed_root_are_not_cosigned(kept: Kept, tmp_path: Path) -> None:
    tile = kept.home / "log" / "tile" / "0" / "004.p" / "76"
    tile.write_bytes(bytes(76 * 32))
    with pytest.raises(Broken):
        Witness(tmp_path / "witness", NAME).cosign(kept.home / "log", read_key(kept.key), at_noon)


def test_a_witness_keeps_its_name(tmp_path: Path) -> None:
    Witness(tmp_path / "witness", NAME)
    for name in ("other.example", "", "with space", "with+plus"):
        with pytest.raises(Malformed):
            Witness(tmp_path / "witness", name)
