"""Identity numbers, divisions and money are read as the law and the counters write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.division import county_of, is_division, township_of, village_of
from domain.identity import check_character, near_numbers, normalised, read_number, read_resident, read_unit
from domain.money import fen_of, yuan


@pytest.mark.parametrize("number", ["11010519491231002X", "34052419800101001X", "440524188001010014"])
def test_examples_of_the_standard_pass(number: str) -> None:
    assert read_resident(number).valid


def test_fifteen_digits_are_widened_and_lower_case_x_is_folded() -> None:
    assert normalised("110105491231002") == "11010519491231002X"
    assert normalised("11010519491231002x") == "11010519491231002X"
    assert normalised("１１０１０５１９４９１２３１００２Ｘ") == "11010519491231002X"


def test_birth_and_sex_are_read() -> None:
    read = read_resident("11010519491231002X")
    assert (read.birth, read.sex) == (date(1949, 12, 31), "f")


@pytest.mark.parametrize("number", ["110105194912310021", "11010519491331002X", "1101051949", "ABCDEFGHIJKLMNOPQR", ""])
def test_wrong_numbers_are_kept_and_marked(number: str) -> None:
    assert not read_resident(number).valid


@given(st.integers(0, 10**3 - 1), st.dates(date(1900, 1, 1), date(2025, 12, 31)), st.integers(0, 16), st.integers(1, 9))
def test_the_true_number_is_near_each_of_its_slips(sequence: int, born: date, place: int, shift: int) -> None:
    body = f"999901{born:%Y%m%d}{sequence:03d}"
    true = body + check_character(body)
    wrong = true[:place] + str((int(true[place]) + shift) % 10) + true[place + 1 :]
    assert not read_resident(wrong).valid
    assert true in near_numbers(wrong)


def test_a_unit_code_is_checked_by_its_own_standard() -> None:
    assert read_unit("91350100M000100Y43").valid
    assert not read_unit("91350100M000100Y44").valid
    assert read_number("E12345678", "passport").valid


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("400", 40000),
        ("400.5", 40050),
        ("0.01", 1),
        ("1,200.00", 120000),
        ("4e2", None),
        ("-400", None),
        ("400.005", None),
        ("12,00", None),
        ("", None),
    ],
)
def test_yuan_are_read_as_fen_or_not_at_all(text: str, fen: int | None) -> None:
    assert fen_of(text) == fen


@given(st.integers(0, 10**12))
def test_fen_written_as_yuan_are_the_same_fen(fen: int) -> None:
    assert fen_of(yuan(fen)) == fen


def test_division_codes_nest() -> None:
    assert is_division("653123100201")
    assert not is_division("65312310")
    assert (county_of("653123100201"), township_of("653123100201"), village_of("653123100201")) == (
        "653123",
        "653123100",
        "653123100201",
    )
    assert township_of("653123") is None
    assert village_of("653123100") is None
