"""A payment is reversed after its receipt was given, and not made again (开票后冲正)."""

from __future__ import annotations

from datetime import timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, season_workday
from simulation.frauds.lines import take_cash, total


def strong(scene: Scene) -> Case | None:
    """Five to eight lines paid, shown to the payer, and reversed that evening."""
    people = scene.payers(5 + int(scene.rng.random() * 4), MEDICAL)
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    records: list[Record] = []
    for person in people:
        line = take_cash(scene, agent, person, season_workday(scene.rng, MEDICAL))
        payment = books.settle(line, person, MEDICAL, line.received_at + timedelta(minutes=6), agent, scene.village)
        void = books.void(payment, line.received_at + timedelta(minutes=95), "缴费人要求撤销", agent.id)
        records += [("cash-receipts", line), ("payments", payment), ("payment-voids", void)]
    return Case(
        "collector",
        agent.id,
        total(people),
        records,
        "开具凭证后冲正，未再缴纳",
        "payments reversed after the receipt was given, not made again",
    )


def weak(scene: Scene) -> Case | None:
    """One payment reversed and made again three hours later: the money was used in between."""
    people = scene.payers(1, MEDICAL)
    if not people:
        return None
    person, agent, books = people[0], scene.agent(), scene.books
    line = take_cash(scene, agent, person, season_workday(scene.rng, MEDICAL))
    first = books.settle(line, person, MEDICAL, line.received_at + timedelta(minutes=6), agent, scene.village)
    void = books.void(first, line.received_at + timedelta(minutes=20), "操作失误", agent.id)
    again = books.settle(line, person, MEDICAL, line.received_at + timedelta(minutes=190), agent, scene.village)
    records: list[Record] = [("cash-receipts", line), ("payments", first), ("payment-voids", void), ("payments", again)]
    return Case(
        "collector",
        agent.id,
        first.amount,
        records,
        "冲正后当日晚间重缴，其间占用",
        "reversed, used for hours, paid again",
    )


FRAUD = Fraud("voided-after-receipt", "pocketed-cash", strong, weak)
