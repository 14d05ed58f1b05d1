"""Fees are paid for the dead to keep up the numbers (死亡人员缴费)."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, at, phone_time
from simulation.people import Person
from simulation.season import due


def _died(scene: Scene, count: int) -> list[Person]:
    return scene.payers(count, MEDICAL, lambda _, p: p.age > 54, per_household=2) or scene.payers(count, MEDICAL)


def strong(scene: Scene) -> Case | None:
    """Five to eight persons dead for months, paid for by one account within minutes."""
    people = _died(scene, 5 + int(scene.rng.random() * 4))
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    account = f"WX88{agent.person.serial:07d}"
    moment = at(date(2025, 12, 27), 1320)
    records: list[Record] = []
    for person in people:
        day = date(2025, 3, 1) + timedelta(days=int(scene.rng.random() * 180))
        change = books.change(person, "died", day, "公安局")
        person.died_on = day
        payment = books.pay(person, MEDICAL, due(person, MEDICAL), moment, "wechat", scene.village, account=account)
        records += [("payments", payment), ("status-changes", change)]
        moment += timedelta(seconds=50)
    amount = sum(due(person, MEDICAL) for person in people)
    return Case(
        "village",
        scene.village.code,
        amount,
        records,
        "为已死亡人员缴费虚增参保人数",
        "fees paid for persons long dead",
    )


def weak(scene: Scene) -> Case | None:
    """One person dead for twelve days."""
    people = _died(scene, 1)
    if not people:
        return None
    person, books = people[0], scene.books
    day = date(2025, 11, 3) + timedelta(days=int(scene.rng.random() * 30))
    change = books.change(person, "died", day, "公安局")
    person.died_on = day
    payment = books.pay(
        person,
        MEDICAL,
        due(person, MEDICAL),
        phone_time(scene.rng, day + timedelta(days=12)),
        "wechat",
        scene.village,
        account=person.wallet,
    )
    return Case(
        "village",
        scene.village.code,
        payment.amount,
        [("payments", payment), ("status-changes", change)],
        "死亡12天后仍以其名义缴费",
        "paid in the name of someone dead for twelve days",
    )


FRAUD = Fraud("ghost-payers", "coverage", strong, weak)
