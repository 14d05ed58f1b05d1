"""Tokens are equal for what is the same thing, differ for what is not, and show nothing."""

from __future__ import annotations

import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identity import check_character, near_numbers
from ledger import tokens as module
from ledger.algorithms import hmac_sha256
from ledger.keys import Keys
from ledger.names import plain_name, read_account
from ledger.tokens import Tokens

NUMBER = "653123198503071234"[:17] + check_character("65312319850307123")
TOKEN = re.compile(r"[AQgw][A-Za-z0-9_-]{21}")


@pytest.fixture
def tokens(keys: Keys) -> Tokens:
    return Tokens(keys)


@given(st.binary(min_size=1, max_size=64), st.binary())
def test_the_keyed_hash_is_hmac_sha256(key: bytes, message: bytes) -> None:
    assert hmac_sha256(key)(message) == hmac.digest(key, message, "sha256")


@given(st.text(max_size=40))
def test_every_token_is_22_url_safe_characters_that_do_not_begin_with_a_sign(text: str) -> None:
    tokens = Tokens(Keys.in_memory(b"k" * 32))
    made = [tokens.identity(text), tokens.name(text), tokens.account(text), tokens.text(text)]
    made.append(tokens.name_birth(text, "1985-03-07"))
    assert all(TOKEN.fullmatch(token) for token in made)
    assert len(set(made)) == 5, "each kind of thing has a space of its own"


def test_tokens_are_the_same_under_one_key_for_ever_and_others_under_another(tokens: Tokens) -> None:
    assert tokens.identity("653123198503071234") == "Qas57rSifN-QRWFWuToz_-"
    assert Tokens(Keys.in_memory(b"u" * 32)).identity(NUMBER) != tokens.identity(NUMBER)


def test_one_person_has_one_token_under_15_and_18_digits(tokens: Tokens) -> None:
    old = NUMBER[:6] + NUMBER[8:17]
    assert tokens.identity(old) == tokens.identity(NUMBER) == tokens.identity(f" {NUMBER[:6]} {NUMBER[6:]}".lower())
    assert tokens.identity_of(old, "resident-id", "张三") == tokens.identity_of(NUMBER, "resident-id", "张三")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张 三", "张三"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉・买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉．买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉··买买提", "阿卜杜拉·买买提"),
        ("ＪＯＨＮ Smith", "John SMITH"),
        ("张\u200b三\u3000", "张三"),
    ],
)
def test_one_name_written_two_ways_has_one_token(tokens: Tokens, one: str, other: str) -> None:
    assert tokens.name(one) == tokens.name(other)
    assert tokens.name_birth(one, "1985-03-07") == tokens.name_birth(other, "1985-03-07")


@given(st.text())
def test_a_name_in_its_plain_form_stays_as_it_is(name: str) -> None:
    assert plain_name(plain_name(plain_name(name))) == plain_name(plain_name(name))


def test_a_valid_number_shows_birth_year_sex_and_a_token_of_name_and_birth(tokens: Tokens) -> None:
    found = tokens.identity_of(NUMBER, "resident-id", "张三")
    assert (found.valid, found.born, found.sex, found.near) == (True, 1985, "m", ())
    assert found.name_birth == tokens.name_birth("张三", "1985-03-07")
    assert found.token == tokens.identity(NUMBER)
    assert tokens.identity_of(NUMBER, "resident-id", None).name_birth is None


def test_a_number_that_fails_its_check_carries_the_tokens_of_its_neighbours(tokens: Tokens) -> None:
    wrong = NUMBER[:10] + ("1" if NUMBER[10] == "0" else "0") + NUMBER[11:]
    found = tokens.identity_of(wrong, "resident-id", "张三")
    assert not found.valid
    assert tokens.identity(NUMBER) in found.near
    assert len(found.near) == len(near_numbers(wrong))


@pytest.mark.parametrize("kind", ["passport", "uscc", "other"])
def test_other_papers_have_neither_birth_nor_neighbours(tokens: Tokens, kind: str) -> None:
    found = tokens.identity_of("E12345678", kind, "张三")
    assert (found.born, found.sex, found.name_birth, found.near) == (None, None, None, ())
    assert found.valid is (kind != "uscc")


def test_a_masked_card_meets_the_full_one_in_the_weak_token_only(tokens: Tokens) -> None:
    full = tokens.account_of("6228 4800 1234 5671 234")
    masked = tokens.account_of("622848******1234")
    assert full.weak == masked.weak is not None
    assert full.token != masked.token
    assert (full.masked, masked.masked) == (False, True)
    assert full.last4 == masked.last4 == "1234"
    assert full.weak not in (full.token, masked.token)


def test_a_mask_is_the_same_however_many_stars_it_has(tokens: Tokens) -> None:
    ways = ("622848******1234", "622848****1234", "622848＊＊＊1234", "622848xxxxxx1234", "622848 **** 1234")
    assert len({tokens.account_of(way).token for way in ways}) == 1


@pytest.mark.parametrize(
    ("text", "masked", "weak", "last4"),
    [
        ("****1234", True, None, "1234"),
        ("62284812****1234", True, "6228481234", "1234"),
        ("138****12", True, None, None),
        ("oAbC-123_x", False, None, None),
        ("张*三", True, None, None),
        ("30012345", False, None, "2345"),
        ("3001234", False, None, None),
        ("1234567890123", False, "1234560123", "0123"),
        ("12345678901234567890", False, None, "7890"),
        ("", False, None, None),
    ],
)
def test_an_account_shows_only_what_its_digits_show(text: str, masked: object, weak: str, last4: str) -> None:
    found = read_account(text)
    assert (found.masked, found.weak, found.last4) == (masked, weak, last4)


def test_memos_stay_bounded_and_change_no_answer(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MEMO_ENTRIES", 3)
    monkeypatch.setattr(module, "IDENTITIES_HELD", 3)
    tokens, plain = Tokens(keys), Tokens(keys)
    for _ in range(2):
        for place in range(10):
            assert tokens.name(f"n{place}") == plain.name(f"n{place}")
            assert tokens.account_of(f"62284800000000{place}") == plain.account_of(f"62284800000000{place}")
            number = tokens.identity_of(f"E{place}", "passport", "x")
            assert number == plain.identity_of(f"E{place}", "passport", "x")
    held = [len(tokens._names), len(tokens._accounts), len(tokens._identities), len(tokens._bases), len(tokens._fresh)]
    assert max(held) <= 3
