"""Names of streams are read back as they were written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.stream import quoted, unquoted


@given(st.text(alphabet="a:%253A付", max_size=12))
def test_a_part_comes_back_and_holds_no_colon_of_its_own(part: str) -> None:
    assert unquoted(quoted(part)) == part
    assert ":" not in quoted(part)


@given(st.lists(st.text(alphabet="a:%2", max_size=6), min_size=2, max_size=2, unique=True))
def test_different_parts_have_different_names(parts: list[str]) -> None:
    first, second = map(quoted, parts)
    assert first != second
