"""The village collective, or a charity, pays the fees of a group of villagers from its registered account."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Habit, Scene
from simulation.days import MEDICAL, office_time, season_workday
from simulation.rows import Collector
from simulation.season import due


def make(scene: Scene) -> Case | None:
    """Ten to eighteen persons of several families in one morning, one account, registered as group payer."""
    people = scene.payers(10 + int(scene.rng.random() * 9), MEDICAL, per_household=5)
    if not people:
        return None
    number = sum(line.role == "group-payer" for line in scene.books.collectors) + 1
    charity = scene.rng.random() < 0.3
    name = "英吉沙县慈善会" if charity else f"{scene.village.name}股份经济合作社"
    account = f"3050{scene.village.code[6:]}{number:04d}88"
    payer = Collector(
        record_id=f"TD{scene.village.code}{number:02d}",
        name=name,
        id_number="",
        role="group-payer",
        division=scene.village.code,
        appointed_on=date(2025, 8, 20),
        announced_on=date(2025, 8, 15),
        publicised_on=date(2025, 8, 20),
        duties="集体代缴",
        own_accounts=account,
    )
    scene.books.collectors.append(payer)
    moment = office_time(scene.rng, season_workday(scene.rng, MEDICAL))
    records: list[Record] = [("collectors", payer)]
    for person in people:
        payment = scene.books.pay(
            person, MEDICAL, due(person, MEDICAL), moment, "bank-counter", scene.village, account=account
        )
        payment.collector_id = payer.record_id
        records.append(("payments", payment))
        moment += timedelta(seconds=35)
    amount = sum(due(person, MEDICAL) for person in people)
    note = "慈善组织为困难邻里代缴" if charity else "村集体经济组织统一代缴"
    return Case(
        "account", account, amount, records, note, "village collective or charity paid for a group of villagers"
    )


HABIT = Habit("village-collective", "coverage", make)
