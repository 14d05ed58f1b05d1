"""Someone pays earlier pension years back, or repairs a break in the payments, several years on one day."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Habit, Scene
from simulation.days import PENSION, PENSION_ACCOUNT, Window, office_time


def make(scene: Scene) -> Case | None:
    """Two or three earlier years and the current one at the tax hall, allowed by the office."""
    people = scene.payers(1, PENSION, lambda _, person: 38 <= person.age <= 59)
    people = people or scene.payers(1, PENSION, lambda _, person: 25 <= person.age <= 59)
    if not people:
        return None
    person = people[0]
    day = date(2025, 2, 10) + timedelta(days=int(scene.rng.random() * 120))
    moment = office_time(scene.rng, day)
    records: list[Record] = []
    total = 0
    for year in range(2025 - 2 - int(scene.rng.random() * 2), 2026):
        window = Window(PENSION.fee, year, PENSION.opens, PENSION.closes, PENSION_ACCOUNT)
        if year < 2025:
            line = scene.books.explain(
                person,
                window,
                "permitted-to-pay",
                "补缴以前年度（缴费修复）",
                day - timedelta(days=3),
                day + timedelta(days=60),
            )
            records.append(("whitelist", line))
        payment = scene.by_wallet(person, moment, window, person.pension_tier, person.pension_tier)
        payment.channel, payment.payer_account = "tax-hall", person.bank_account
        records.append(("payments", payment))
        total += payment.amount
        moment += timedelta(seconds=80)
    return Case(
        "payer",
        person.id_number,
        total,
        records,
        "补缴以前年度养老保险费（缴费修复）",
        "earlier years paid back, a break repaired",
    )


HABIT = Habit("back-payment", "over-collection", make)
