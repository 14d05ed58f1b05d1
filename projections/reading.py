"""Who reads what: the shared views that queries name, and those that these name, computed from the SQL alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache


@cache
def words(sql: str) -> frozenset[str]:
    """Return every word of a query but those of its comments."""
    return frozenset(re.findall(r"\w+", re.sub(r"--.*", "", sql)))


def names_read(queries: Iterable[str], views: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Return the names of the views that the queries read, those included that these views read.

    `views`: name and SELECT, each after those on which it builds. A column may bear a view's name: that view is then
    among them too, which changes nothing but the time.
    """
    wanted: set[str] = set().union(*map(words, queries))
    for name, select in reversed(views):
        if name in wanted:
            wanted |= words(select)
    return frozenset(name for name, _ in views if name in wanted)
