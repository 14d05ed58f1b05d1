"""Household numbers that begin anew in every village, told apart by the village."""

from __future__ import annotations

from collections.abc import Sequence

_LEAST_NUMBERS = 20
"""Numbers with a village that a county must have for its way of counting to be seen."""
_SPREAD_ONE_IN = 5
"""A county begins anew in every village where one number in so many, or more, stands in several villages."""


def told_apart(select: str, names: Sequence[str]) -> str:
    """Return the SELECT with the village behind each household's number, in counties that count by the village.

    A household that moved is in two villages under one number; where every fifth number is, these are as many
    households. `names`: the columns of `select`, which stay as they are otherwise. Runs on DuckDB and Spark alike.
    """
    number = (
        "CASE WHEN a.county IS NULL OR t.village IS NULL OR t.household_no IS NULL THEN t.household_no "
        "ELSE concat(t.household_no, ' ', CAST(t.village AS VARCHAR)) END AS household_no"
    )
    columns = ", ".join(number if name == "household_no" else f"t.{name}" for name in names)
    spans = (
        "SELECT n.county, n.household_no, min(n.village) AS low, max(n.village) AS high FROM told AS n "
        "WHERE n.household_no IS NOT NULL AND n.village IS NOT NULL GROUP BY n.county, n.household_no"
    )
    anew = (
        f"SELECT s.county FROM ({spans}) AS s GROUP BY s.county HAVING count(*) >= {_LEAST_NUMBERS} "
        f"AND count(CASE WHEN s.low < s.high THEN 1 END) * {_SPREAD_ONE_IN} >= count(*)"
    )
    return f"WITH told AS ({select}) SELECT {columns} FROM told AS t LEFT JOIN ({anew}) AS a ON a.county = t.county"
