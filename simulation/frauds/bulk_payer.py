"""A private broker pays for many families for a commission (职业代办)."""

from __future__ import annotations

from datetime import timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, phone_time, season_day
from simulation.season import due


def _broker(scene: Scene, count: int, each: int, note_zh: str, note_en: str) -> Case | None:
    people = scene.payers(count, MEDICAL, per_household=each)
    if not people:
        return None
    account = f"WX77{people[0].serial:07d}"
    moment = phone_time(scene.rng, season_day(scene.rng, MEDICAL))
    records: list[Record] = []
    for number, person in enumerate(people):
        payment = scene.books.pay(
            person, MEDICAL, due(person, MEDICAL), moment, "wechat", scene.village, account=account
        )
        records.append(("payments", payment))
        moment += timedelta(seconds=75) if number % 6 else timedelta(days=1)
    amount = sum(due(person, MEDICAL) for person in people)
    return Case("account", account, amount, records, note_zh, note_en)


def strong(scene: Scene) -> Case | None:
    """Twelve to twenty persons of many families by one private wallet."""
    return _broker(
        scene,
        12 + int(scene.rng.random() * 9),
        2,
        "非代收人员用一个账户为多户代缴并收取好处费",
        "a private account pays for many families",
    )


def weak(scene: Scene) -> Case | None:
    """Four persons of two families."""
    return _broker(scene, 4, 2, "非代收人员为两户四人代缴", "a private account pays for four persons of two families")


FRAUD = Fraud("bulk-payer", "coverage", strong, weak)
