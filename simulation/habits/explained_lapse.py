"""Someone who paid for years stops because insured elsewhere, and it is on record."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.cases import Case, Habit, Scene, adult, with_history
from simulation.days import MEDICAL
from simulation.registers import roster_id


def make(scene: Scene) -> Case | None:
    """Make a roster line without a payment and a report that explains it."""
    people = scene.payers(1, MEDICAL, lambda h, p: adult(h, p) and with_history(h, p)) or scene.payers(
        1, MEDICAL, adult
    )
    if not people:
        return None
    person = people[0]
    person.elsewhere = True
    day = date(2025, 7, 1) + timedelta(days=int(scene.rng.random() * 110))
    change = scene.books.change(person, "insured-elsewhere", day, "人社局")
    return Case(
        "payer",
        person.id_number,
        0,
        [("rosters", roster_id(person, scene.village, MEDICAL.fee)), ("status-changes", change)],
        "已参加职工医保，不再缴纳居民医保",
        "stopped paying because insured elsewhere",
    )


HABIT = Habit("insured-elsewhere", "pocketed-cash", make)
