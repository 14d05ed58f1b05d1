"""A migrant worker pays from another province, at night after the shift."""

from __future__ import annotations

from simulation.cases import Case, Habit, Scene, adult
from simulation.days import MEDICAL, at, season_day
from simulation.season import due


def make(scene: Scene) -> Case | None:
    """One person, one payment between eleven and one at night."""
    people = scene.payers(1, MEDICAL, adult)
    if not people:
        return None
    person = people[0]
    person.away = True
    moment = at(season_day(scene.rng, MEDICAL), 1380 + int(scene.rng.random() * 59), int(scene.rng.random() * 60))
    payment = scene.books.pay(
        person, MEDICAL, due(person, MEDICAL), moment, "alipay", scene.village, account=person.wallet
    )
    return Case(
        "payer",
        person.id_number,
        payment.amount,
        [("payments", payment)],
        "外出务工人员异地夜间自行缴费",
        "migrant paid from elsewhere at night",
    )


HABIT = Habit("migrant-elsewhere", "coverage", make)
