"""Cash is taken before the window opens (提前征收)."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, office_time
from simulation.frauds.lines import honest_line, take_cash, total


def strong(scene: Scene) -> Case | None:
    """Ten to fourteen register lines of August, paid when the window opens."""
    people = scene.payers(10 + int(scene.rng.random() * 5), MEDICAL)
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    records: list[Record] = []
    for person in people:
        line = take_cash(scene, agent, person, date(2025, 8, 11) + timedelta(days=int(scene.rng.random() * 12)))
        paid_at = office_time(scene.rng, date(2025, 9, 1) + timedelta(days=int(scene.rng.random() * 3)))
        payment = books.settle(line, person, MEDICAL, paid_at, agent, scene.village)
        records += [("cash-receipts", line), ("payments", payment)]
    return Case(
        "collector",
        agent.id,
        total(people),
        records,
        "集中征缴期开始前提前收取现金",
        "cash taken before the window opened",
    )


def weak(scene: Scene) -> Case | None:
    """One line taken on the last days of August, dated and paid on the first working day."""
    people = scene.payers(1, MEDICAL)
    if not people:
        return None
    agent = scene.agent()
    records = honest_line(scene, agent, people[0], date(2025, 9, 1))
    return Case(
        "collector",
        agent.id,
        total(people),
        records,
        "8月底收取，台账写9月1日",
        "one line of late August dated on the first day of the window",
    )


FRAUD = Fraud("early-collection", "early-collection", strong, weak)
