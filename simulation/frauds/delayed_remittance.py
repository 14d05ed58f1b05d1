"""Cash is held for weeks before it is paid in (积压): the money works for the collector in between."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, at, season_workday
from simulation.frauds.lines import honest_line, season_day_before, take_cash, total


def strong(scene: Scene) -> Case | None:
    """Twelve to twenty lines held twenty to ninety days, then paid within one evening."""
    people = scene.payers(12 + int(scene.rng.random() * 9), MEDICAL, per_household=4)
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    dumped = date(2025, 12, 28) + timedelta(days=int(scene.rng.random() * 4))
    moment = at(dumped, 1150 + int(scene.rng.random() * 120))
    records: list[Record] = []
    for person in people:
        line = take_cash(scene, agent, person, season_day_before(scene, dumped - timedelta(days=20)))
        while (dumped - line.received_at.date()).days > 90:
            line.received_at += timedelta(days=7)
            if line.receipt_no is not None:
                line.receipt_no.torn_at = line.received_at
        payment = books.settle(line, person, MEDICAL, moment, agent, scene.village)
        moment += timedelta(seconds=50)
        records += [("cash-receipts", line), ("payments", payment)]
    return Case(
        "collector",
        agent.id,
        total(people),
        records,
        "收取现金后积压20至90天才集中缴入",
        "cash held twenty to ninety days, then paid at once",
    )


def weak(scene: Scene) -> Case | None:
    """One line held overnight and entered in the register only in the morning, when it is paid."""
    people = scene.payers(1, MEDICAL)
    if not people:
        return None
    agent = scene.agent()
    records = honest_line(scene, agent, people[0], season_workday(scene.rng, MEDICAL))
    return Case(
        "collector",
        agent.id,
        total(people),
        records,
        "前一日收取、次日登记并缴入",
        "held overnight, entered only when paid",
    )


FRAUD = Fraud("delayed-remittance", "delayed-remittance", strong, weak)
