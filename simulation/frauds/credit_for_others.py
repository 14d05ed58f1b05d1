"""The collector's credit card pays for many villagers whose cash is kept for weeks (收现刷卡)."""

from __future__ import annotations

from datetime import timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, office_time, season_workday
from simulation.frauds.lines import total
from simulation.season import due


def strong(scene: Scene) -> Case | None:
    """Ten to sixteen cash lines, each paid the same day by the collector's own credit card."""
    people = scene.payers(10 + int(scene.rng.random() * 7), MEDICAL)
    agent, books = scene.agent(with_terminal=True), scene.books
    if agent.terminal is None or not people:
        return None
    card = agent.person.credit_card
    records: list[Record] = []
    for start in range(0, len(people), 4):
        group = people[start : start + 4]
        moment = office_time(scene.rng, season_workday(scene.rng, MEDICAL))
        paid_at = moment + timedelta(minutes=40)
        sale = books.sale(agent.terminal, total(group), paid_at, card, "credit", agent.person.id_number)
        records.append(("pos-transactions", sale))
        for person in group:
            line = books.cash(person, MEDICAL, due(person, MEDICAL), moment, agent, scene.team)
            payment = books.pay(
                person,
                MEDICAL,
                line.amount,
                paid_at,
                "pos",
                scene.village,
                account=card,
                payer=agent.person,
                agent=agent,
                slip=line.receipt_no,
                sale=sale,
            )
            line.payment_id, line.remitted_on = payment, paid_at.date()
            records += [("cash-receipts", line), ("payments", payment)]
    return Case(
        "card",
        card,
        total(people),
        records,
        "收取村民现金，用本人信用卡刷卡代缴，占用免息期资金",
        "cash kept, the collector's credit card paid for many",
    )


def weak(scene: Scene) -> Case | None:
    """One villager's fee once, by the card of the collector's relative."""
    people = scene.payers(1, MEDICAL)
    agent, books = scene.agent(with_terminal=True), scene.books
    if agent.terminal is None or not people:
        return None
    person = people[0]
    moment = office_time(scene.rng, season_workday(scene.rng, MEDICAL))
    card = f"TKC7{agent.person.serial:012d}"
    sale = books.sale(agent.terminal, due(person, MEDICAL), moment, card, "credit", "")
    payment = books.pay(
        person, MEDICAL, due(person, MEDICAL), moment, "pos", scene.village, account=card, agent=agent, sale=sale
    )
    return Case(
        "card",
        card,
        payment.amount,
        [("pos-transactions", sale), ("payments", payment)],
        "亲属信用卡代一人刷卡，现金自留",
        "a relative's credit card paid for one villager, cash kept",
    )


FRAUD = Fraud("credit-card-for-villagers", "card-cash-out", strong, weak)
