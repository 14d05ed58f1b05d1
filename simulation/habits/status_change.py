"""Someone's status changes after the window: discharged, moved in or released, and allowed to pay then."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.cases import Case, Habit, Scene, adult
from simulation.days import MEDICAL, phone_time
from simulation.rows import WhitelistLine
from simulation.season import due


def make(scene: Scene) -> Case | None:
    """A change in January or February, a line on the whitelist, a payment within the month."""
    people = scene.payers(1, MEDICAL, adult)
    if not people:
        return None
    person = people[0]
    day = date(2026, 1, 6) + timedelta(days=int(scene.rng.random() * 40))
    change = scene.books.change(person, "moved-in", day, "公安局")
    line = WhitelistLine(
        payer_id=person.id_number, fee=MEDICAL.fee, fee_year=MEDICAL.year, kind="permitted-to-pay",
        reason="集中征缴期外迁入，准予参保缴费", agreed_on=day + timedelta(days=9), valid_until=date(2026, 6, 30),
    )  # fmt: skip
    scene.books.whitelist.append(line)
    moment = phone_time(scene.rng, day + timedelta(days=12 + int(scene.rng.random() * 12)))
    payment = scene.books.pay(person, MEDICAL, due(person, MEDICAL), moment, "wechat", scene.village, account=person.wallet)
    return Case(
        "payer", person.id_number, payment.amount, [("payments", payment), ("status-changes", change), ("whitelist", line)],
        "身份变动后在集中征缴期外缴费，已列白名单", "paid outside the window after a change of status",
    )  # fmt: skip


HABIT = Habit("status-change-outside-window", "early-collection", make)
