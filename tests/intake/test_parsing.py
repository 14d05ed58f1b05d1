"""Texts of moments as the contract reads them: wall time in China, or why they are none."""

from __future__ import annotations

import pytest

from intake.parsing import CHINA, MomentParser, Unread


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
