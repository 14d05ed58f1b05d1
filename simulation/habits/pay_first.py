"""A poor family pays in full first; the treasury's share is recognised later and returned to the payer."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.cases import Case, Habit, Scene, adult
from simulation.days import MEDICAL, phone_time, season_day
from simulation.people import MEDICAL_TARIFF


def make(scene: Scene) -> Case | None:
    """Paid 400, recognised as poor in December, 200 returned in January to the payer's own account."""
    people = scene.payers(1, MEDICAL, lambda household, person: adult(household, person) and not person.pension_done)
    if not people:
        return None
    person = people[0]
    books = scene.books
    day = min(season_day(scene.rng, MEDICAL), date(2025, 11, 20))
    payment = books.pay(
        person, MEDICAL, MEDICAL_TARIFF, phone_time(scene.rng, day), "wechat", scene.village, account=person.wallet
    )
    person.category = "subsistence-allowance"
    if person.pension_tier:
        person.pension_tier = 10000
    change = books.change(
        person,
        "category-granted",
        date(2025, 11, 24) + timedelta(days=int(scene.rng.random() * 9)),
        "民政局",
        "subsistence-allowance",
    )
    back = date(2025, 12, 22) + timedelta(days=int(scene.rng.random() * 18))
    refund = books.refund(payment, back, 20000, "subsidised", person.bank_account, person.id_number)
    return Case(
        "payer",
        person.id_number,
        20000,
        [("payments", payment), ("status-changes", change), ("refunds", refund)],
        "先缴后补：困难身份补办后退还财政代缴部分",
        "paid first, the treasury's share returned later",
    )


HABIT = Habit("pay-first-share-returned", "over-collection", make)
