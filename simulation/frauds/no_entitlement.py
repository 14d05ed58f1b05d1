"""The payer holds a receipt, and nothing was recorded (有票无权益)."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene, adult
from simulation.days import MEDICAL, after_workdays, phone_time
from simulation.frauds.lines import season_day_before, take_cash, total
from simulation.season import due


def strong(scene: Scene) -> Case | None:
    """Five to eight payments by the agent that earned no entitlement, and two complaints."""
    people = scene.payers(5 + int(scene.rng.random() * 4), MEDICAL, adult)
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    records: list[Record] = []
    for person in people:
        line = take_cash(scene, agent, person, season_day_before(scene, date(2025, 12, 10)))
        paid_at = line.received_at + timedelta(minutes=45)
        payment = books.settle(line, person, MEDICAL, paid_at, agent, scene.village, entitled=False)
        records += [("payments", payment), ("cash-receipts", line)]
    for person in people[:2]:
        complaint = books.complain(
            date(2026, 1, 12),
            "paid-not-covered",
            "有缴费凭证，住院时查不到参保",
            scene.village,
            person=person,
            agent=agent,
            window=MEDICAL,
            amount=40000,
        )
        records.append(("complaints", complaint))
    return Case(
        "collector",
        agent.id,
        total(people),
        records,
        "已缴费并开具凭证，权益始终未记录",
        "paid with receipt, never recorded",
    )


def weak(scene: Scene) -> Case | None:
    """One entitlement recorded only after three working days, on the payer's insistence."""
    people = scene.payers(1, MEDICAL, adult)
    if not people:
        return None
    person, books = people[0], scene.books
    moment = phone_time(scene.rng, season_day_before(scene, date(2025, 12, 10)))
    payment = books.pay(
        person, MEDICAL, due(person, MEDICAL), moment, "wechat", scene.village, account=person.wallet, entitled=False
    )
    posted = moment.date() + timedelta(days=1)
    payment.posted_on = posted
    line = books.entitle(payment, after_workdays(posted, 1))
    return Case(
        "payer",
        person.id_number,
        payment.amount,
        [("payments", payment), ("entitlements", line)],
        "经本人追问后才记录权益",
        "recorded only after the payer insisted",
    )


FRAUD = Fraud("entitlement-missing", "entitlement-gap", strong, weak)
