"""One receipt covers two insurances: pension and supplementary pension, or late pension with the medical fee."""

from __future__ import annotations

from datetime import timedelta

from simulation.books import Record
from simulation.cases import Case, Habit, Scene, adult
from simulation.days import MEDICAL, PENSION, SUPPLEMENTARY, office_time, season_workday
from simulation.season import close


def make(scene: Scene) -> Case | None:
    """Two register lines with one receipt number, each with its payment the same day."""
    people = scene.payers(1, PENSION, adult)
    if not people:
        return None
    person, agent, books = people[0], scene.agent(), scene.books
    with_medical = not person.medical_done and scene.rng.random() < 0.5
    other = MEDICAL if with_medical else SUPPLEMENTARY
    if with_medical:
        close(person, MEDICAL)
    moment = office_time(scene.rng, season_workday(scene.rng, other if with_medical else PENSION))
    slip = books.slip(agent, moment)
    records: list[Record] = []
    total = 0
    for window, amount in ((PENSION, person.pension_tier), (other, 40000 if with_medical else 20000)):
        line = books.cash(person, window, amount, moment, agent, scene.team, slip)
        paid = moment + timedelta(minutes=25 + len(records))
        payment = books.settle(
            line, person, window, paid, agent, scene.village, tier=None if window is MEDICAL else amount
        )
        records += [("cash-receipts", line), ("payments", payment)]
        total += amount
    return Case("collector", agent.id, total, records, "两个险种开在同一张收据上", "two insurances on one receipt")


HABIT = Habit("two-insurances-one-receipt", "over-collection", make)
