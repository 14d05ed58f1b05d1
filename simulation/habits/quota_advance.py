"""A cadre advances the fees of those who have not paid yet, to reach the village's quota; they pay back afterwards."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Habit, Scene
from simulation.days import MEDICAL, at, office_time
from simulation.season import due


def make(scene: Scene) -> Case | None:
    """Five to ten persons paid for on one late evening from the agent's wallet; register lines in January."""
    people = scene.payers(5 + int(scene.rng.random() * 6), MEDICAL, per_household=4)
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    moment = at(date(2025, 12, 30), 1230 + int(scene.rng.random() * 120))
    records: list[Record] = []
    for person in people:
        payment = books.pay(
            person,
            MEDICAL,
            due(person, MEDICAL),
            moment,
            "wechat",
            scene.village,
            account=agent.person.wallet,
            payer=agent.person,
            agent=agent,
        )
        moment += timedelta(seconds=65)
        back = date(2026, 1, 5) + timedelta(days=int(scene.rng.random() * 4))
        line = books.cash(person, MEDICAL, payment.amount, office_time(scene.rng, back), agent, scene.team)
        line.payment_id, line.remitted_on = payment, payment.paid_at.date()
        records += [("payments", payment), ("cash-receipts", line)]
    total = sum(due(person, MEDICAL) for person in people)
    return Case(
        "collector",
        agent.id,
        total,
        records,
        "干部为完成任务先行垫付，村民事后归还",
        "cadre advanced fees for the quota and was paid back later",
    )


HABIT = Habit("quota-advance", "pocketed-cash", make)
