"""Someone pays earlier pension years back, or repairs a break in the payments, several years on one day."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.cases import Case, Habit, Record, Scene
from simulation.days import PENSION, PENSION_ACCOUNT, Window, office_time
from simulation.rows import WhitelistLine


def make(scene: Scene) -> Case | None:
    """Two or three earlier years and the current one at the tax hall, allowed by the office."""
    people = scene.payers(1, PENSION, lambda _, person: 38 <= person.age <= 59)
    people = people or scene.payers(1, PENSION, lambda _, person: 25 <= person.age <= 59)
    if not people:
        return None
    person, books = people[0], scene.books
    day = date(2025, 2, 10) + timedelta(days=int(scene.rng.random() * 120))
    moment = office_time(scene.rng, day)
    records: list[Record] = []
    total = 0
    for year in range(2025 - 2 - int(scene.rng.random() * 2), 2026):
        window = Window(PENSION.fee, year, PENSION.opens, PENSION.closes, PENSION_ACCOUNT)
        if year < 2025:
            line = WhitelistLine(
                payer_id=person.id_number, fee=PENSION.fee, fee_year=year, kind="permitted-to-pay", reason="补缴以前年度（缴费修复）",
                agreed_on=day - timedelta(days=3), valid_until=day + timedelta(days=60),
            )  # fmt: skip
            books.whitelist.append(line)
            records.append(("whitelist", line))
        payment = books.pay(person, window, person.pension_tier, moment, "tax-hall", scene.village, account=person.bank_account, tier=person.pension_tier)
        records.append(("payments", payment))
        total += payment.amount
        moment += timedelta(seconds=80)
    return Case("payer", person.id_number, total, records, "补缴以前年度养老保险费（缴费修复）", "earlier years paid back, a break repaired")


HABIT = Habit("back-payment", "over-collection", make)
