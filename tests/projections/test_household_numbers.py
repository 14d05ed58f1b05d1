"""Household numbers that begin anew in every village are other households; a county's own numbers stay as they are."""

from __future__ import annotations

import duckdb

from projections.household_numbers import told_apart

VILLAGES = ("653123100201", "653123100202")


def _numbers(rows: list[tuple[str, str | None, str | None]]) -> list[tuple[str, str | None]]:
    """Return payer and household number, told apart, of (payer, number, village)."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE h (county VARCHAR, payer VARCHAR, household_no VARCHAR, village VARCHAR)")
        connection.executemany("INSERT INTO h VALUES ('653123', ?, ?, ?)", rows)
        select = told_apart("SELECT * FROM h", ("county", "payer", "household_no", "village"))
        found = connection.execute(f"SELECT payer, household_no FROM ({select}) ORDER BY payer").fetchall()
    return [(str(payer), number) for payer, number in found]


def test_numbers_that_every_village_has_are_households_of_their_village() -> None:
    rows = [(f"{village}-{n}-{member}", str(n), village) for village in VILLAGES for n in range(20) for member in "ab"]
    found = dict(_numbers([*rows, ("nobody", None, VILLAGES[0]), ("nowhere", "3", None)]))
    assert len({number for number in found.values() if number}) == 41
    assert found[f"{VILLAGES[0]}-3-a"] == found[f"{VILLAGES[0]}-3-b"] != found[f"{VILLAGES[1]}-3-a"]
    assert (found["nobody"], found["nowhere"]) == (None, "3")


def test_a_household_that_moved_stays_one_where_numbers_are_the_countys() -> None:
    rows: list[tuple[str, str | None, str | None]] = [(str(n), str(n), VILLAGES[n % 2]) for n in range(40)]
    moved = [(f"{n}m", str(n), VILLAGES[(n + 1) % 2]) for n in range(7)]
    found = dict(_numbers([*rows, *moved]))
    assert found["3"] == found["3m"] == "3"


def test_few_numbers_say_nothing_of_the_way_of_counting() -> None:
    rows: list[tuple[str, str | None, str | None]] = [(f"{v}{n}", str(n), v) for v in VILLAGES for n in range(19)]
    assert dict(_numbers(rows))[f"{VILLAGES[0]}3"] == "3"
