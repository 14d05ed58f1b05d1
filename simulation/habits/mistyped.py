"""A number is mistyped at payment: the money is there under a near ID, of the same amount, in the same village."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from domain.identity import read_resident
from simulation.cases import Case, Habit, Scene
from simulation.days import MEDICAL, after_workdays, office_time, season_workday
from simulation.rows import DataQuery
from simulation.season import due


def near_number(number: str, rng: Random) -> str:
    """Return the number with two neighbouring digits swapped or one digit wrong, so that its check fails."""
    while True:
        place = 6 + int(rng.random() * 10)
        if rng.random() < 0.5 and number[place] != number[place + 1]:
            wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        else:
            wrong = number[:place] + str((int(number[place]) + 1 + int(rng.random() * 8)) % 10) + number[place + 1 :]
        if wrong != number and not wrong.endswith("000") and not read_resident(wrong).valid:
            return wrong


def make(scene: Scene) -> Case | None:
    """Make a register line under the right number, a payment under the wrong one, and a data query about it."""
    people = scene.payers(1, MEDICAL)
    if not people:
        return None
    person, agent, books = people[0], scene.agent(), scene.books
    moment = office_time(scene.rng, season_workday(scene.rng, MEDICAL))
    line = books.cash(person, MEDICAL, due(person, MEDICAL), moment, agent, scene.team)
    payment = books.settle(
        line, person, MEDICAL, moment + timedelta(minutes=20 + int(scene.rng.random() * 60)), agent, scene.village
    )
    entitlement = books.entitlements[-1]
    payment.payer_id = entitlement.payer_id = near_number(person.id_number, scene.rng)
    line.payment_id = None
    received = payment.paid_at.date() + timedelta(days=3)
    raised = after_workdays(received, 1)
    query = DataQuery(
        payer_id=payment.payer_id,
        fee=MEDICAL.fee,
        about="证件号码校验不通过，疑似录入错误",
        received_on=received,
        raised_on=raised,
        answered_on=after_workdays(raised, 2),
        result="系录入错误，已更正权益",
    )
    books.queries.append(query)
    return Case(
        "collector",
        agent.id,
        payment.amount,
        [("cash-receipts", line), ("payments", payment), ("data-queries", query)],
        "证件号码录错一位或前后颠倒，款已入账",
        "mistyped number: the money was paid under a near ID",
    )


HABIT = Habit("mistyped-number", "pocketed-cash", make)
