"""Refunds go to an account that is not the payers' (冒领退费)."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene, adult
from simulation.days import MEDICAL, phone_time
from simulation.frauds.lines import season_day_before
from simulation.season import due

_LAST = date(2025, 11, 20)


def strong(scene: Scene) -> Case | None:
    """Four to six refunds of as many families to one account of the agent's relative."""
    people = scene.payers(4 + int(scene.rng.random() * 3), MEDICAL, adult, per_household=1)
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    relative = scene.household_of(agent.person).members[-1]
    account = relative.bank_account if relative is not agent.person else agent.person.bank_account
    records: list[Record] = []
    for person in people:
        moment = phone_time(scene.rng, season_day_before(scene, _LAST))
        payment = scene.by_wallet(person, moment)
        day = date(2025, 12, 3) + timedelta(days=int(scene.rng.random() * 20))
        refund = books.refund(payment, day, payment.amount, "ineligible", account, relative.id_number, agent=agent)
        records += [("payments", payment), ("refunds", refund)]
    amount = sum(due(person, MEDICAL) for person in people)
    return Case(
        "account",
        account,
        amount,
        records,
        "多户退费进入代收人亲属同一账户",
        "refunds of several families paid to one third-party account",
    )


def weak(scene: Scene) -> Case | None:
    """One refund to the payer's own account, given up in cash to the agent for "arranging" it."""
    people = scene.payers(1, MEDICAL, adult)
    if not people:
        return None
    person, books = people[0], scene.books
    moment = phone_time(scene.rng, season_day_before(scene, _LAST))
    payment = scene.by_wallet(person, moment)
    books.change(person, "insured-elsewhere", date(2025, 12, 1), "人社局")
    refund = books.refund(
        payment, date(2025, 12, 18), payment.amount, "insured-elsewhere", person.bank_account, person.id_number
    )
    return Case(
        "account",
        person.bank_account,
        10000,
        [("payments", payment), ("refunds", refund)],
        "退费到本人账户后被索要“好处费”",
        "one refund shared with the agent in cash",
    )


FRAUD = Fraud("refund-diverted", "refund-abuse", strong, weak)
