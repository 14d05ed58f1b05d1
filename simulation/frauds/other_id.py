"""A villager's cash pays the fee of a relative of the collector (张冠李戴)."""

from __future__ import annotations

from datetime import timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, season_workday
from simulation.frauds.lines import roster_records, take_cash, total


def strong(scene: Scene) -> Case | None:
    """Four to six register lines whose payments stand under other persons' numbers."""
    both = scene.payers(8 + 2 * int(scene.rng.random() * 3), MEDICAL, per_household=1)
    half = len(both) // 2
    if not half:
        return None
    agent, books = scene.agent(), scene.books
    victims, relatives = both[:half], both[half : 2 * half]
    records: list[Record] = []
    for victim, relative in zip(victims, relatives, strict=True):
        line = take_cash(scene, agent, victim, season_workday(scene.rng, MEDICAL))
        payment = books.settle(line, relative, MEDICAL, line.received_at + timedelta(minutes=35), agent, scene.village)
        records += [("cash-receipts", line), ("payments", payment)]
    for person in both[2 * half :]:
        records += roster_records(scene, [person])
    return Case(
        "collector",
        agent.id,
        total(victims),
        records,
        "用村民现金为他人缴费",
        "villagers' cash paid other persons' fees",
    )


def weak(scene: Scene) -> Case | None:
    """One villager's cash, no register line, paid for a cousin."""
    both = scene.payers(2, MEDICAL, per_household=1)
    if len(both) < 2:
        return None
    victim, relative = both
    agent = scene.agent()
    moment = take_cash(scene, agent, relative, season_workday(scene.rng, MEDICAL))
    payment = scene.books.settle(
        moment, relative, MEDICAL, moment.received_at + timedelta(minutes=30), agent, scene.village
    )
    records: list[Record] = [("cash-receipts", moment), ("payments", payment), *roster_records(scene, [victim])]
    return Case(
        "collector",
        agent.id,
        40000,
        records,
        "一人现金未登记，用于为表亲缴费",
        "one person's unregistered cash paid a cousin's fee",
    )


FRAUD = Fraud("paid-for-another", "diversion", strong, weak)
