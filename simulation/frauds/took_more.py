"""More is taken than is paid in (多收少缴): poor villagers pay the full fee in cash, half goes to the treasury."""

from __future__ import annotations

from datetime import timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, office_time, season_workday
from simulation.frauds.lines import honest_line
from simulation.season import due


def strong(scene: Scene) -> Case | None:
    """Six to ten register lines of 400 yuan, payments of 200."""
    people = scene.poor_payers(6 + int(scene.rng.random() * 5))
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    records: list[Record] = []
    for person in people:
        moment = office_time(scene.rng, season_workday(scene.rng, MEDICAL))
        line = books.cash(person, MEDICAL, 40000, moment, agent, scene.team)
        paid_at = moment + timedelta(minutes=30 + int(scene.rng.random() * 60))
        payment = books.settle(line, person, MEDICAL, paid_at, agent, scene.village, amount=due(person, MEDICAL))
        records += [("cash-receipts", line), ("payments", payment)]
    return Case(
        "collector",
        agent.id,
        20000 * len(people),
        records,
        "按全额收取困难人员现金，只缴入个人减半部分",
        "poor villagers paid in full, half was paid in",
    )


def weak(scene: Scene) -> Case | None:
    """One poor person paid 400; the register already says 200."""
    people = scene.poor_payers(1)
    if not people:
        return None
    agent = scene.agent()
    records = honest_line(scene, agent, people[0], season_workday(scene.rng, MEDICAL))
    return Case(
        "collector",
        agent.id,
        20000,
        records,
        "实收400元，台账只登记200元",
        "took 400 from one person, the register says 200",
    )


FRAUD = Fraud("took-more-than-paid", "over-collection", strong, weak)
