"""Cash is taken from persons who have paid by themselves (重复收取): the cash stays with the collector."""

from __future__ import annotations

from datetime import timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene, adult
from simulation.days import MEDICAL, after_workdays, phone_time
from simulation.frauds.lines import season_day_before, take_cash
from simulation.season import due


def strong(scene: Scene) -> Case | None:
    """Five to eight persons with an own payment and, days later, a register line that nothing settles."""
    people = scene.payers(5 + int(scene.rng.random() * 4), MEDICAL, adult, per_household=2)
    if not people:
        return None
    agent = scene.agent()
    records: list[Record] = []
    for person in people:
        day = season_day_before(scene, MEDICAL.closes - timedelta(days=25))
        payment = scene.by_wallet(person, phone_time(scene.rng, day))
        line = take_cash(scene, agent, person, after_workdays(day, 3))
        records += [("payments", payment), ("cash-receipts", line)]
    amount = sum(due(person, MEDICAL) for person in people)
    return Case(
        "collector",
        agent.id,
        amount,
        records,
        "村民已自行缴费，又收取现金未退",
        "cash taken from persons who had paid by themselves",
    )


def weak(scene: Scene) -> Case | None:
    """One person with an own payment who also gave cash without a receipt."""
    people = scene.payers(1, MEDICAL, adult)
    if not people:
        return None
    person, agent = people[0], scene.agent()
    day = season_day_before(scene, MEDICAL.closes - timedelta(days=25))
    payment = scene.by_wallet(person, phone_time(scene.rng, day))
    return Case(
        "collector",
        agent.id,
        payment.amount,
        [("payments", payment)],
        "自行缴费后又被口头收取现金",
        "one person also gave cash without a receipt",
    )


FRAUD = Fraud("double-payment", "over-collection", strong, weak)
