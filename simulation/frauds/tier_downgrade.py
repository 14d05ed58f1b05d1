"""Cash for a high pension tier, payment at a low one (降档缴费); the difference stays with the collector."""

from __future__ import annotations

from datetime import timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene, adult
from simulation.days import PENSION, office_time, season_workday
from simulation.frauds.lines import honest_line


def strong(scene: Scene) -> Case | None:
    """Six to ten register lines of 500 yuan or more, payments of 100 or 200."""
    people = scene.payers(6 + int(scene.rng.random() * 5), PENSION, adult, per_household=2)
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    records: list[Record] = []
    kept = 0
    for person in people:
        taken = scene.rng.choice((50000, 50000, 100000))
        paid = scene.rng.choice((10000, 20000))
        person.pension_tier = taken
        moment = office_time(scene.rng, season_workday(scene.rng, PENSION))
        line = books.cash(person, PENSION, taken, moment, agent, scene.team)
        paid_at = moment + timedelta(minutes=25 + int(scene.rng.random() * 90))
        payment = books.settle(line, person, PENSION, paid_at, agent, scene.village, amount=paid, tier=paid)
        records += [("cash-receipts", line), ("payments", payment)]
        kept += taken - paid
    return Case(
        "collector",
        agent.id,
        kept,
        records,
        "收高档养老费，按低档缴入",
        "cash for a high pension tier, paid at a low one",
    )


def weak(scene: Scene) -> Case | None:
    """One person paid 300 for a tier that the register and the payment put at 200."""
    people = scene.payers(1, PENSION, adult)
    if not people:
        return None
    person, agent = people[0], scene.agent()
    person.pension_tier = 20000
    records = honest_line(scene, agent, person, season_workday(scene.rng, PENSION), PENSION)
    return Case(
        "collector",
        agent.id,
        10000,
        records,
        "一人交300元，台账和缴费均为200元",
        "one person gave 300; register and payment say 200",
    )


FRAUD = Fraud("tier-downgrade", "over-collection", strong, weak)
