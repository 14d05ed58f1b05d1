"""The dedicated terminal turns credit into cash (信用卡套现): sales that no fee explains."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, at, office_time, season_workday
from simulation.frauds.lines import total
from simulation.season import due


def strong(scene: Scene) -> Case | None:
    """Twelve to twenty credit sales of 1,500 to 4,900 yuan by three cards, some at night, some minutes apart."""
    agent, books = scene.agent(with_terminal=True), scene.books
    if agent.terminal is None:
        return None
    cards = [f"TKC9{agent.person.serial:07d}{n:05d}" for n in range(3)]
    records: list[Record] = []
    amount = 0
    moment = at(date(2025, 9, 8) + timedelta(days=int(scene.rng.random() * 20)), 1100)
    for number in range(12 + int(scene.rng.random() * 9)):
        value = 150000 + 100 * int(scene.rng.random() * 3400) + 37
        sale = books.sale(agent.terminal, value, moment, cards[number % 3], "credit", "")
        records.append(("pos-transactions", sale))
        amount += value
        close_by = number % 4 == 0
        moment += (
            timedelta(minutes=4)
            if close_by
            else timedelta(days=2 + int(scene.rng.random() * 5), minutes=int(scene.rng.random() * 200) - 60)
        )
    return Case(
        "terminal",
        agent.terminal,
        amount,
        records,
        "专用POS机信用卡套现，金额与缴费无关",
        "credit sales on the dedicated terminal that no fee explains",
    )


def weak(scene: Scene) -> Case | None:
    """Let a stranger's credit card pay two villagers' real fees for their cash."""
    agent, books = scene.agent(with_terminal=True), scene.books
    people = scene.payers(2, MEDICAL)
    if agent.terminal is None or not people:
        return None
    moment = office_time(scene.rng, season_workday(scene.rng, MEDICAL))
    card = f"TKC8{agent.person.serial:012d}"
    sale = books.sale(agent.terminal, total(people), moment, card, "credit", "")
    records: list[Record] = [("pos-transactions", sale)]
    for person in people:
        payment = books.pay(
            person, MEDICAL, due(person, MEDICAL), moment, "pos", scene.village, account=card, agent=agent, sale=sale
        )
        records.append(("payments", payment))
    return Case(
        "terminal",
        agent.terminal,
        total(people),
        records,
        "他人信用卡刷卡代两人缴费换取现金",
        "a credit card pays two persons' real fees for their cash",
    )


FRAUD = Fraud("card-cash-out", "card-cash-out", strong, weak)
