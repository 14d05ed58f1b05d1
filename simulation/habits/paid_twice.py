"""Husband and wife both pay for the same child without knowing; the office returns one within ten working days."""

from __future__ import annotations

from datetime import timedelta

from simulation.cases import Case, Habit, Scene
from simulation.days import MEDICAL, after_workdays, phone_time, season_day
from simulation.season import due


def make(scene: Scene) -> Case | None:
    """Two payments by two wallets, the second refunded to the payer who made it."""
    people = scene.payers(1, MEDICAL, lambda household, person: person.age < 18 and len(household.members) > 2)
    people = people or scene.payers(1, MEDICAL)
    if not people:
        return None
    person, books = people[0], scene.books
    household = scene.household_of(person)
    father, mother = household.head, household.members[min(1, len(household.members) - 1)]
    day = season_day(scene.rng, MEDICAL)
    first = books.pay(
        person,
        MEDICAL,
        due(person, MEDICAL),
        phone_time(scene.rng, day),
        "wechat",
        scene.village,
        account=father.wallet,
        payer=father,
    )
    later = phone_time(scene.rng, day + timedelta(days=1 + int(scene.rng.random() * 4)))
    second = books.pay(
        person, MEDICAL, due(person, MEDICAL), later, "alipay", scene.village, account=mother.wallet, payer=mother
    )
    back = after_workdays(later.date(), 4 + int(scene.rng.random() * 5))
    refund = books.refund(second, back, second.amount, "duplicate", mother.bank_account, mother.id_number)
    return Case(
        "payer",
        person.id_number,
        second.amount,
        [("payments", first), ("payments", second), ("refunds", refund)],
        "父母重复缴费，十个工作日内退回",
        "parents paid twice, one returned within ten working days",
    )


HABIT = Habit("paid-twice-returned", "over-collection", make)
