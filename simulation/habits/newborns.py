"""A child born in the year is insured within ninety days, also outside the window, for the current year too."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.cases import Case, Habit, Scene
from simulation.days import MEDICAL, MEDICAL_ACCOUNT, Window, phone_time

_CURRENT = Window("resident-medical", 2025, date(2024, 9, 1), date(2024, 12, 31), MEDICAL_ACCOUNT)


def make(scene: Scene) -> Case | None:
    """Make a birth, its report by the police, and the payment by a parent some weeks later."""
    families = scene.families(1, MEDICAL, size=2, most=5)
    if not families:
        return None
    household = families[0]
    household.has_history = False
    early = scene.rng.random() < 0.6
    born = date(2025, 3, 5) if early else date(2025, 12, 6)
    born += timedelta(days=int(scene.rng.random() * (110 if early else 50)))
    child = scene.newborn(household, born)
    window = _CURRENT if early else MEDICAL
    change = scene.books.change(child, "born", born, "公安局", "newborn")
    moment = phone_time(scene.rng, born + timedelta(days=12 + int(scene.rng.random() * 60)))
    payment = scene.books.pay(
        child, window, 40000, moment, "wechat", scene.village, account=household.head.wallet, payer=household.head
    )
    scene.pay_family(household, MEDICAL, leave_out=None if early else child)
    return Case(
        "payer",
        child.id_number,
        payment.amount,
        [("payments", payment), ("status-changes", change)],
        "新生儿出生90天内参保缴费，不受集中征缴期限制",
        "newborn insured within ninety days",
    )


HABIT = Habit("newborn", "early-collection", make)
