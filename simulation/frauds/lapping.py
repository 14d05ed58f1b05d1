"""Later money covers earlier (挪后补前): each day's cash is paid in with that of the next collections, ever later."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, after_workdays, office_time, season_workday
from simulation.frauds.lines import honest_line, take_cash, total


def strong(scene: Scene) -> Case | None:
    """Cash on eight or more days, paid in five to nineteen days later, the last never."""
    people = scene.payers(24, MEDICAL, per_household=4)
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    day = date(2025, 9, 24) + timedelta(days=int(scene.rng.random() * 30))
    records: list[Record] = []
    still_open = 0
    for number, person in enumerate(people):
        if number and number % 3 == 0:
            day = after_workdays(day, 2)
        line = take_cash(scene, agent, person, day)
        records.append(("cash-receipts", line))
        if number < len(people) - 6:
            later = after_workdays(day, 3 + number // 2)
            payment = books.settle(line, person, MEDICAL, office_time(scene.rng, later), agent, scene.village)
            records.append(("payments", payment))
        else:
            still_open += line.amount
    return Case(
        "collector",
        agent.id,
        still_open or total(people),
        records,
        "以后收款垫前收款，滚动占用，余额始终不归零",
        "later cash covers earlier; the balance never returns to zero",
    )


def weak(scene: Scene) -> Case | None:
    """Two lines dated in the register on the day of payment, days after the cash was taken."""
    people = scene.payers(2, MEDICAL)
    if not people:
        return None
    agent = scene.agent()
    records = [r for person in people for r in honest_line(scene, agent, person, season_workday(scene.rng, MEDICAL))]
    return Case(
        "collector",
        agent.id,
        total(people),
        records,
        "挪用数日后以后款垫付，台账日期倒填为缴款日",
        "two lines covered by later cash, the register dated to fit",
    )


FRAUD = Fraud("lapping", "diversion", strong, weak)
