"""A helpful agent pays with the own wallet for villagers who sent the money by phone; no register line."""

from __future__ import annotations

from datetime import timedelta

from simulation.books import Record
from simulation.cases import Case, Habit, Scene
from simulation.days import MEDICAL, office_time, season_workday
from simulation.season import due


def make(scene: Scene) -> Case | None:
    """Six to twelve persons of several families, one wallet, one afternoon."""
    people = scene.payers(6 + int(scene.rng.random() * 7), MEDICAL, per_household=4)
    if not people:
        return None
    agent = scene.agent()
    moment = office_time(scene.rng, season_workday(scene.rng, MEDICAL))
    records: list[Record] = []
    for person in people:
        payment = scene.books.pay(
            person,
            MEDICAL,
            due(person, MEDICAL),
            moment,
            "wechat",
            scene.village,
            account=agent.person.wallet,
            payer=agent.person,
        )
        records.append(("payments", payment))
        moment += timedelta(seconds=70 + int(scene.rng.random() * 200))
    amount = sum(due(person, MEDICAL) for person in people)
    return Case(
        "collector",
        agent.id,
        amount,
        records,
        "代收人用本人微信替村民代缴，村民事先已转账",
        "agent paid for villagers from the agent's own wallet",
    )


HABIT = Habit("own-account-helper", "pocketed-cash", make)
