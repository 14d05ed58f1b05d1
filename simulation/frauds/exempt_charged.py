"""Persons whom the treasury pays for in full are charged in cash (免缴人员被收费)."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, office_time
from simulation.frauds.lines import roster_records, season_day_before


def strong(scene: Scene) -> Case | None:
    """Four to seven extremely poor persons charged 400 yuan each, paid in on top of the treasury's payment."""
    people = scene.poor_payers(4 + int(scene.rng.random() * 4), "extreme-poverty")
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    records: list[Record] = []
    for person in people:
        moment = office_time(scene.rng, season_day_before(scene, date(2025, 12, 5)))
        line = books.cash(person, MEDICAL, 40000, moment, agent, scene.team)
        payment = books.settle(line, person, MEDICAL, moment + timedelta(minutes=50), agent, scene.village)
        records += [("cash-receipts", line), ("payments", payment)]
    return Case(
        "collector",
        agent.id,
        40000 * len(people),
        records,
        "特困人员由财政全额代缴仍被收费，未退还",
        "fully funded persons charged and not repaid",
    )


def weak(scene: Scene) -> Case | None:
    """One such person gave 50 yuan "for the form", without receipt."""
    people = scene.poor_payers(1, "extreme-poverty")
    if not people:
        return None
    agent = scene.agent()
    return Case(
        "collector",
        agent.id,
        5000,
        roster_records(scene, people),
        "向一名特困人员口头收取50元“办理费”",
        "50 yuan taken from one fully funded person without a trace",
    )


FRAUD = Fraud("exempt-charged", "over-collection", strong, weak)
