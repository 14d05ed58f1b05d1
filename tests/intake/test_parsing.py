"""Texts of moments as the contract reads them: wall time in China, or why they are none."""

from __future__ import annotations

import pytest

from domain.contract import RECORD_TYPES
from intake.parsing import CHINA, IdentityParser, MomentParser, TextParser, Unread, parser_of

NUMBER = "11010519491231002X"


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-08:00", "0001-01-01T00:00:00+14:00", "9999-12-31 23:59:59Z"])
def test_a_moment_that_no_calendar_has_in_china_is_refused_and_ends_nothing(text: str) -> None:
    parser = MomentParser()
    assert parser.column([text, "2025-11-03 10:20:30"])[0] is None
    assert parser.bad == {text: Unread.NOT_DATETIME}


@pytest.mark.parametrize("text", ["2025-11-03T02:20:30+00:00", "2025-11-03T10:20:30+08:00", "2025-11-03 10:20:30"])
def test_a_moment_is_wall_time_in_china_whatever_its_offset(text: str) -> None:
    (found,) = MomentParser().column([text])
    assert found is not None
    assert (found.isoformat(), found.tzinfo) == ("2025-11-03T10:20:30+08:00", CHINA)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("20251010093005", "2025-10-10T09:30:05"),
        ("2025年10月10日9时5分", "2025-10-10T09:05:00"),
        ("2025/10/10 上午9:05", "2025-10-10T09:05:00"),
        ("2025/10/10 下午03:05:00", "2025-10-10T15:05:00"),
        ("2025/10/10 下午12:05", "2025-10-10T12:05:00"),
        ("'2025-10-10 09:05", "2025-10-10T09:05:00"),
    ],
)
def test_moments_are_read_as_systems_and_people_write_them(text: str, read: str) -> None:
    parser = MomentParser()
    (found,) = parser.column([text])
    assert found is not None
    assert found.isoformat() == f"{read}+08:00"
    assert not parser.days


@pytest.mark.parametrize(
    "text", ["3/5/2025", "25/10/10", "2025/10/10 上午12:30", "2025/10/10 下午13:00", "20251310093005"]
)
def test_a_moment_that_may_mean_two_things_is_refused(text: str) -> None:
    assert MomentParser().column([text]) == [None]


@pytest.mark.parametrize("text", ["2025-10-10 00:00:00", "2025/10/10 0:00:00", "2025/10/10 0:00", "20251010000000"])
def test_midnight_to_the_second_is_a_day_without_a_time(text: str) -> None:
    parser = MomentParser()
    assert parser.column([text]) != [None]
    assert parser.days == {text}


@pytest.mark.parametrize("text", ["2025-10-10 00:00:01", "2025-10-10T00:00:00+08:00", "2025-10-10 10:00:00"])
def test_another_moment_of_the_night_keeps_its_time(text: str) -> None:
    parser = MomentParser()
    parser.column([text])
    assert not parser.days


@pytest.mark.parametrize("text", [f"'{NUMBER}", f'="{NUMBER}"', f"‘{NUMBER}", f"'{NUMBER}'", f"\t{NUMBER}"])
def test_a_number_wrapped_for_a_spreadsheet_is_the_number(text: str) -> None:
    parser = IdentityParser()
    assert parser.column([text, NUMBER]) == [NUMBER, NUMBER]
    assert not parser.bad


@pytest.mark.parametrize("text", ["'手续费'", "张'三", "'", '=1+1"', "O'Brien", "'a' b"])
def test_other_apostrophes_and_formulas_stay_as_they_are(text: str) -> None:
    assert TextParser().column([text]) == [text]


@pytest.mark.parametrize(
    "text", ["无", "身份证丢失", "-", "——", "null", "NaN", "N/A", "0", "000000000000000000", "不详"]
)
def test_a_word_in_the_place_of_a_number_is_no_number(text: str) -> None:
    parser = IdentityParser()
    assert parser.column([text]) == [None]
    assert parser.bad == {text: Unread.NO_NUMBER}


@pytest.mark.parametrize("text", ["653123********0016", f"110105{'X' * 8}002X", "6531●●●●0016", "******0016"])
def test_a_masked_number_is_no_number(text: str) -> None:
    parser = IdentityParser()
    assert parser.column([text]) == [None]
    assert parser.bad == {text: Unread.MASKED_NUMBER}


@pytest.mark.parametrize(
    "text", ["G12345678", "H1234567890", "123", "91653123MA0000000X", "65312319800101001", "A-12 3"]
)
def test_other_papers_and_mistyped_numbers_are_taken(text: str) -> None:
    parser = IdentityParser()
    assert parser.column([text]) == [text]
    assert not parser.bad


@pytest.mark.parametrize(("text", "read"), [("2026", 2026), ("2026年度", 2026), ("２０２６", 2026), ("2026.0", 2026)])
def test_a_fee_year_is_read_in_any_of_its_forms(text: str, read: int) -> None:
    assert parser_of(RECORD_TYPES["payments"].field("fee_year")).column([text]) == [read]


@pytest.mark.parametrize("text", ["26", "46023", "12026", "2025-2026", "202"])
def test_a_fee_year_of_other_than_four_digits_is_refused(text: str) -> None:
    parser = parser_of(RECORD_TYPES["payments"].field("fee_year"))
    assert parser.column([text]) == [None]
    assert parser.bad == {text: Unread.NOT_YEAR}


@pytest.mark.parametrize(
    ("text", "fen"), [("400.0000", 40000), ("1234.5000", 123450), ("'400", 40000), ("400.005", None)]
)
def test_noughts_behind_the_second_decimal_change_no_amount(text: str, fen: int | None) -> None:
    assert parser_of(RECORD_TYPES["payments"].field("amount")).column([text]) == [fen]


def test_signatures_are_read_alike_in_text_files_and_sheets() -> None:
    parser = parser_of(RECORD_TYPES["cash-receipts"].field("payer_signed"))
    assert parser.column(["已摁手印", "已签字", "✔", "签字"]) == [True] * 4
    assert parser.column(["未签字", "无", "没有", "×"]) == [False] * 4
    assert parser.column(["古丽"]) == [None]


def test_latin_letters_of_a_channel_may_be_large_or_small() -> None:
    assert parser_of(RECORD_TYPES["payments"].field("channel")).column(["Pos机", "pos", "WeChat"]) == [
        "pos",
        "pos",
        "wechat",
    ]


def test_a_place_code_written_as_a_fraction_is_the_code() -> None:
    assert parser_of(RECORD_TYPES["payments"].field("division")).column(["653123100201.0"]) == ["653123100201"]
