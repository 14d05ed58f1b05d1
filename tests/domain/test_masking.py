"""Masking: what of a person or account may be shown without a stated reason."""

from __future__ import annotations

import pytest

from domain.masking import masked_account, masked_name, masked_number


@pytest.mark.parametrize(("name", "shown"), [("阿依古丽", "阿*"), ("李明", "李*"), ("欧阳娜娜", "欧*"), ("", "")])
def test_a_name_shows_its_first_character_whatever_its_length(name: str, shown: str) -> None:
    assert masked_name(name) == shown


def test_an_identity_number_shows_first_three_and_last_four() -> None:
    assert masked_number("65312319850312452X") == "653***********452X"


def test_a_card_and_an_account_show_their_last_four() -> None:
    assert masked_account("6217001234567890018") == "***************0018"


@pytest.mark.parametrize("number", ["E1234567", "0018", "12345678901"[:10]])
def test_a_short_number_that_would_show_almost_whole_shows_nothing(number: str) -> None:
    assert masked_number(number) == "*" * len(number)
