"""Someone's status changes after the window: discharged, moved in or released, and allowed to pay then."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.cases import Case, Habit, Scene, adult
from simulation.days import MEDICAL, phone_time


def make(scene: Scene) -> Case | None:
    """Make a change in January or February, a line on the whitelist, a payment within the month."""
    people = scene.payers(1, MEDICAL, adult)
    if not people:
        return None
    person = people[0]
    day = date(2026, 1, 6) + timedelta(days=int(scene.rng.random() * 40))
    change = scene.books.change(person, "moved-in", day, "公安局")
    line = scene.books.explain(
        person,
        MEDICAL,
        "permitted-to-pay",
        "集中征缴期外迁入，准予参保缴费",
        day + timedelta(days=9),
        date(2026, 6, 30),
    )
    moment = phone_time(scene.rng, day + timedelta(days=12 + int(scene.rng.random() * 12)))
    payment = scene.by_wallet(person, moment)
    return Case(
        "payer",
        person.id_number,
        payment.amount,
        [("payments", payment), ("status-changes", change), ("whitelist", line)],
        "身份变动后在集中征缴期外缴费，已列白名单",
        "paid outside the window after a change of status",
    )


HABIT = Habit("status-change-outside-window", "early-collection", make)
