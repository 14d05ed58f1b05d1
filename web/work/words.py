"""The words of a command, from what somebody filled in."""

from __future__ import annotations

from datetime import date

from domain.errors import Malformed

MOST_CHECKS = 1000


def screening_words(as_of: date | None, capacity: int | None) -> list[str]:
    """Return the words of a screening: the day, and the checks that a township can do."""
    words = [] if as_of is None else [f"--as-of={as_of.isoformat()}"]
    return words if capacity is None else [*words, f"--capacity={capacity}"]


def day_of(text: str) -> date | None:
    """Return a day of a form, None where nothing was filled in; Malformed."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Malformed(f"日期应为 YYYY-MM-DD，得到 {text}", f"a day is YYYY-MM-DD, found {text}") from error


def capacity_of(text: str) -> int | None:
    """Return the checks that a township can do, None where nothing was filled in; Malformed."""
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= MOST_CHECKS:
        raise Malformed(
            f"每乡镇核查能力应为 1 至 {MOST_CHECKS}，得到 {text}",
            f"the checks of a township are 1 to {MOST_CHECKS}, found {text}",
        )
    return int(text)


def backtest_words(version: str, first: date | None, last: date | None, every: str) -> list[str]:
    """Return the words of a backtest of a version of a rule, over days a week or a month apart; Malformed."""
    if every not in ("week", "month"):
        raise Malformed(f"间隔应为 week 或 month，得到 {every}", f"every week or month, found {every}")
    if first is None or last is None:
        raise Malformed("请填写第一个和最后一个截止日", "say the first and the last as-of day")
    if last < first:
        raise Malformed("最后一个截止日早于第一个", "the last as-of day is before the first")
    return [version, f"--from={first.isoformat()}", f"--to={last.isoformat()}", f"--every={every}"]
