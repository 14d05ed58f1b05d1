"""What stands above a table and holds for all of it: a fee year in the title, a collector, a place, a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from intake.reading.headings import HeadingIndex

HELD_FIELDS = ("fee_year", "collector_id", "division", "page")
_FEE_YEAR = re.compile(r"(20[0-9]{2})\s*年度")
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})\s*年(?!\s*[0-9]{1,2}\s*月)")
_LABELLED = re.compile(r"([^\s:：，,；;]{2,20})\s*[:：]\s*([^\s:：，,；;]*)")


def held_values(above: Iterable[Sequence[str]], index: HeadingIndex) -> dict[str, str]:
    """Return field -> text of what the rows above a table say for it.

    above: rows as text. A year counts where it is the only one named so (2026年度, else 2026年 without a month).
    """
    rows = [[text for text in row if text] for row in above]
    known = {field.name for field in index.record_type.fields}
    held: dict[str, str] = {}
    for label, value in _labelled(rows):
        found = index.claim(label)
        if found and found[1] in HELD_FIELDS and value:
            held.setdefault(found[1], value)
    if "fee_year" in known and "fee_year" not in held and (year := _year_of(rows)):
        held["fee_year"] = year
    if "fee_year" in held:
        held["fee_year"] = re.sub(r"\s*年度?$", "", held["fee_year"])
    return held


def _labelled(rows: list[list[str]]) -> Iterator[tuple[str, str]]:
    for row in rows:
        for at, text in enumerate(row):
            for found in _LABELLED.finditer(text):
                value = found[2]
                if not value and found.end() == len(text) and at + 1 < len(row) and not _LABELLED.search(row[at + 1]):
                    value = row[at + 1]
                yield found[1], value


def _year_of(rows: list[list[str]]) -> str | None:
    text = "\n".join(part for row in rows for part in row)
    for pattern in (_FEE_YEAR, _YEAR):
        years = set(pattern.findall(text))
        if years:
            return str(years.pop()) if len(years) == 1 else None
    return None
