"""Both sets of algorithms: published vectors, and a home that keeps the set which it was made with."""

from __future__ import annotations

import hashlib
import hmac
import multiprocessing
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Broken, Malformed, Refused
from ledger.algorithms import INTERNATIONAL, MARK_BYTES, SETS, SM, Algorithms, Sm4Gcm, algorithms_named, hmac_sm3
from ledger.home import Home
from ledger.keys import KEY_FILE, Keys, open_or_create
from ledger.rotation import rotate
from ledger.sealing import NONCE_BYTES
from ledger.tokens import Tokens
from ledger.vault import Vault
from tests.county import data_folder, number, payment, take
from tests.ledger.admitting import anybody
from tests.program import run

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = [("Q1", "name", "买买提"), ("Q1", "number", "999901198001010015"), ("Q2", "name", "古丽")]


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_gives_the_examples_of_the_standard_and_hmac_follows_from_it(message: bytes, digest: str) -> None:
    """GB/T 32905-2016, annex A; HMAC by its definition (RFC 2104) over the same hash of another library."""
    assert hashlib.new("sm3", message).hexdigest() == digest
    key = b"k" * 32
    assert hmac_sm3(key)(message) == hmac.digest(key, message, "sm3")


@given(key=st.binary(min_size=1, max_size=80), message=st.binary(max_size=200))
def test_hmac_sm3_is_that_of_another_implementation(key: bytes, message: bytes) -> None:
    code = hmac_sm3(key)
    assert code(message) == code(message) == hmac.digest(key, message, "sm3")


def test_sm4_gcm_gives_the_example_of_rfc_8998() -> None:
    secret = bytes.fromhex("0123456789abcdeffedcba9876543210") + bytes(16)
    nonce = bytes.fromhex("00001234567800000000abcd")
    bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plain = bytes.fromhex("".join(digit * 16 for digit in "abcdefea"))
    sealed = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert Sm4Gcm(secret).encrypt(nonce, plain, bound) == sealed
    assert Sm4Gcm(secret).decrypt(nonce, sealed, bound) == plain


@pytest.mark.parametrize("algorithms", SETS.values(), ids=lambda one: one.name)
@given(plain=st.binary(max_size=80), at=st.integers(0, 95), mask=st.integers(1, 255))
def test_a_changed_bit_or_binding_is_not_opened(algorithms: Algorithms, plain: bytes, at: int, mask: int) -> None:
    cipher, nonce = algorithms.cipher(b"s" * 32), b"n" * NONCE_BYTES
    sealed = cipher.encrypt(nonce, plain, b"Q1")
    assert cipher.decrypt(nonce, sealed, b"Q1") == plain
    changed = bytearray(sealed)
    changed[at % len(changed)] ^= mask
    for data, bound in ((bytes(changed), b"Q1"), (sealed, b"Q2"), (sealed[:10], b"Q1")):
        with pytest.raises((InvalidTag, ValueError)):
            cipher.decrypt(nonce, data, bound)


def name_of(keys: Keys) -> str:
    return keys.algorithms.name


@pytest.mark.parametrize("algorithms", SETS.values(), ids=lambda one: one.name)
def test_keys_go_to_another_process_with_their_set(algorithms: Algorithms) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as other:
        assert other.apply(name_of, (Keys.in_memory(b"t" * 32, algorithms),)) == algorithms.name


def test_each_set_has_tokens_and_marks_of_its_own() -> None:
    made = {each: Tokens(Keys.in_memory(b"t" * 32, each)).name("买买提") for each in (INTERNATIONAL, SM)}
    assert len(set(made.values())) == 2
    assert {len(token) for token in made.values()} == {22}
    marks = {each.mark(b"k" * 32)(b"value") for each in (INTERNATIONAL, SM)}
    assert len(marks) == 2
    assert {len(mark) for mark in marks} == {MARK_BYTES}


def test_a_vault_keeps_reveals_erases_and_rotates_under_sm4(tmp_path: Path, place: str | None) -> None:
    keys = open_or_create(tmp_path, algorithms="sm")
    with closing(Vault.open(tmp_path, keys, place=place, admit=anybody)) as vault:
        assert vault.put(ENTRIES).written == 3
        assert vault.put(ENTRIES).repeated == 3
    rotate(tmp_path, place, lambda done: None)
    again = open_or_create(tmp_path)
    assert again.algorithms is SM
    assert again.master_key != keys.master_key
    with closing(Vault.open(tmp_path, again, place=place, admit=anybody)) as vault:
        assert vault.put(ENTRIES).repeated == 3
        found = vault.reveal(["Q1", "Q2"], "name", reason="核对", actor="an")
        assert found == {"Q1": ["买买提"], "Q2": ["古丽"]}
        assert vault.erase("Q1")
        assert vault.reveal(["Q1", "Q2"], "name", reason="核对", actor="an") == {"Q2": ["古丽"]}
    other = Keys(again.token_key, again.master_key, again.mark_key)
    with pytest.raises(Broken):
        Vault.open(tmp_path, other, place=place)


def test_a_home_keeps_the_set_that_it_was_made_with(tmp_path: Path) -> None:
    with Home.open(tmp_path / "home", algorithms="sm") as home:
        token = home.tokens.name("买买提")
    with Home.open(tmp_path / "home") as home:
        assert home.keys.algorithms is SM
        assert home.tokens.name("买买提") == token
    with pytest.raises(Refused, match="MINGZHANG_CRYPTO"):
        Home.open(tmp_path / "home", algorithms="international")
    Home.open(tmp_path / "other").close()
    with pytest.raises(Refused):
        Home.open(tmp_path / "other", algorithms="sm")
    assert b"algorithms" not in (tmp_path / "other" / KEY_FILE).read_bytes()


def test_an_unknown_set_is_wrong_use_and_in_a_key_file_a_damage(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="rot13"):
        open_or_create(tmp_path, algorithms="rot13")
    assert not (tmp_path / KEY_FILE).exists()
    open_or_create(tmp_path)
    stored = msgspec.json.decode((tmp_path / KEY_FILE).read_bytes())
    (tmp_path / KEY_FILE).write_bytes(msgspec.json.encode(stored | {"algorithms": "rot13"}))
    with pytest.raises(Broken):
        open_or_create(tmp_path)
    assert algorithms_named("sm") is SM


def test_records_taken_in_and_read_ahead_have_tokens_of_the_chosen_set(tmp_path: Path) -> None:
    rows = [payment(f"P{n}", n) for n in range(1, 40)]
    data = data_folder(tmp_path / "data", payments=rows)
    env = {**os.environ, "MINGZHANG_CRYPTO": "sm", "PYTHONPATH": str(ROOT)}
    ahead = [sys.executable, str(ROOT / "tests" / "faults" / "ahead.py"), "ingest", str(data)]
    taken = subprocess.run([*ahead, "--home", str(tmp_path / "home")], env=env, check=False, capture_output=True)
    assert taken.returncode == 0, taken.stderr.decode()
    with Home.open(tmp_path / "home") as home:
        assert home.keys.algorithms is SM
        ((event,),) = home.ledger.versions(["payments:tax-core:P1"]).values()
        assert home.tokens.identity(number(1)).encode() in event.state
        assert take(home, data).files[0].repeated == len(rows)
    assert run("verify", "--vault", "--home", tmp_path / "home").code == 0
    assert run("ingest", data, "--home", tmp_path / "home", env={"MINGZHANG_CRYPTO": "international"}).code == 2
