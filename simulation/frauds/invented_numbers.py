"""Persons who do not exist are enrolled under invented numbers (虚构身份参保)."""

from __future__ import annotations

from datetime import date, timedelta

from domain.identity import check_character
from simulation import names
from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, at
from simulation.people import Person


def _invent(scene: Scene, number: int, *, valid: bool) -> Person:
    born = date(1958, 1, 1) + timedelta(days=int(scene.rng.random() * 18000))
    prefix = scene.households[0].head.id_number[:6]
    body = f"{prefix}{born:%Y%m%d}{901 + number:03d}"
    check = check_character(body)
    last = check if valid else "0" if check != "0" else "7"
    return Person(0, body + last, names.uyghur_name(scene.rng, male=number % 2 == 1), number % 2 == 1, born, "其他")


def _enrol(scene: Scene, count: int, note_zh: str, note_en: str, *, valid: bool) -> Case:
    moment = at(date(2025, 11, 25) + timedelta(days=int(scene.rng.random() * 30)), 1255)
    agent = scene.agent()
    account = f"WX66{agent.person.serial:07d}"
    records: list[Record] = []
    for number in range(count):
        person = _invent(scene, number, valid=valid)
        payment = scene.books.pay(person, MEDICAL, 40000, moment, "wechat", scene.village, account=account)
        records.append(("payments", payment))
        moment += timedelta(minutes=2)
    return Case("account", account, 40000 * count, records, note_zh, note_en)


def strong(scene: Scene) -> Case | None:
    """Five to seven payments under numbers that fail their check."""
    return _enrol(
        scene,
        5 + int(scene.rng.random() * 3),
        "以虚构身份证号码参保缴费",
        "payments under invented numbers",
        valid=False,
    )


def weak(scene: Scene) -> Case | None:
    """One payment under an invented number whose check is right."""
    return _enrol(scene, 1, "一个校验通过的虚构号码", "one invented number that passes its check", valid=True)


FRAUD = Fraud("invented-numbers", "identity", strong, weak)
