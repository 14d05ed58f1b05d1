"""Village life runs two hours behind Beijing's clock: cash taken and paid in late in the evening by that clock."""

from __future__ import annotations

from datetime import timedelta

from simulation.books import Record
from simulation.cases import Case, Habit, Scene
from simulation.days import MEDICAL, at, season_workday
from simulation.season import due


def make(scene: Scene) -> Case | None:
    """Two to four lines after harvest work, at 21:30-23:00 by Beijing's clock, or a card sale at that hour."""
    people = scene.payers(2 + int(scene.rng.random() * 3), MEDICAL)
    if not people:
        return None
    agent, books = scene.agent(with_terminal=True), scene.books
    moment = at(season_workday(scene.rng, MEDICAL), 1290 + int(scene.rng.random() * 70))
    records: list[Record] = []
    for person in people:
        if agent.terminal is not None and scene.rng.random() < 0.4:
            head = scene.household_of(person).head
            sale = books.sale(agent.terminal, due(person, MEDICAL), moment, head.card, "debit", head.id_number)
            payment = books.pay(
                person,
                MEDICAL,
                due(person, MEDICAL),
                moment,
                "pos",
                scene.village,
                account=head.card,
                payer=head,
                agent=agent,
                sale=sale,
            )
            records += [("pos-transactions", sale), ("payments", payment)]
        else:
            line = books.cash(person, MEDICAL, due(person, MEDICAL), moment, agent, scene.team)
            payment = books.settle(line, person, MEDICAL, moment + timedelta(minutes=4), agent, scene.village)
            records += [("cash-receipts", line), ("payments", payment)]
        moment += timedelta(minutes=5)
    total = sum(due(person, MEDICAL) for person in people)
    return Case(
        "collector",
        agent.id,
        total,
        records,
        "新疆作息晚两小时，北京时间夜间收缴",
        "clock habits: evening by local time is night by Beijing's clock",
    )


HABIT = Habit("clock-habits", "card-cash-out", make)
