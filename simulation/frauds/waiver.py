"""Less than due is paid where no category allows it (人情减免)."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene, adult
from simulation.days import MEDICAL, office_time, phone_time, season_workday


def strong(scene: Scene) -> Case | None:
    """Five to eight ordinary persons entered at half the fee."""
    people = scene.payers(5 + int(scene.rng.random() * 4), MEDICAL, adult)
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    records: list[Record] = []
    for person in people:
        moment = office_time(scene.rng, season_workday(scene.rng, MEDICAL))
        line = books.cash(person, MEDICAL, 20000, moment, agent, scene.team)
        payment = books.settle(line, person, MEDICAL, moment + timedelta(minutes=30), agent, scene.village)
        records += [("cash-receipts", line), ("payments", payment)]
    return Case(
        "collector",
        agent.id,
        20000 * len(people),
        records,
        "无困难身份人员按减半标准缴费",
        "ordinary persons paid half without any category",
    )


def weak(scene: Scene) -> Case | None:
    """Give a well-off relative a category as a favour; the papers are in order."""
    people = scene.payers(1, MEDICAL, lambda h, p: adult(h, p) and not p.pension_done)
    if not people:
        return None
    person, agent, books = people[0], scene.agent(), scene.books
    person.category = "poverty-monitored"
    change = books.change(person, "category-granted", date(2025, 7, 8), "农业农村局", "poverty-monitored")
    moment = phone_time(scene.rng, season_workday(scene.rng, MEDICAL))
    payment = books.pay(person, MEDICAL, 20000, moment, "wechat", scene.village, account=person.wallet)
    return Case(
        "collector",
        agent.id,
        20000,
        [("payments", payment), ("status-changes", change)],
        "为亲属违规认定身份后减免",
        "a relative given a category as a favour",
    )


FRAUD = Fraud("unauthorised-waiver", "under-collection", strong, weak)
