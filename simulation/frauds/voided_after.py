"""A payment is reversed after its receipt was given, and not made again (开票后冲正)."""

from __future__ import annotations

from datetime import timedelta

from simulation.cases import Case, Fraud, Record, Scene
from simulation.days import MEDICAL, after_workdays, office_time, season_workday
from simulation.frauds.lines import take_cash, total
from simulation.rows import CashReceipt, Payment


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
    """One payment reversed in the evening and made again the next morning: the money was used overnight."""
    people = scene.payers(1, MEDICAL)
    if not people:
        return None
    person, agent, books = people[0], scene.agent(), scene.books
    line = take_cash(scene, agent, person, season_workday(scene.rng, MEDICAL))
    first: Payment = books.settle(line, person, MEDICAL, line.received_at + timedelta(minutes=6), agent, scene.village)
    void = books.void(first, line.received_at + timedelta(minutes=50), "操作失误", agent.id)
    again = _again(scene, line)
    return Case(
        "collector",
        agent.id,
        first.amount,
        [("cash-receipts", line), ("payments", first), ("payment-voids", void), ("payments", again)],
        "冲正后次日重缴，隔夜占用",
        "reversed and paid again the next morning",
    )


def _again(scene: Scene, line: CashReceipt) -> Payment:
    agent = next(a for a in scene.team.agents if a.id == line.collector_id)
    person = next(p for h in scene.households for p in h.members if p.id_number == line.payer_id)
    paid_at = office_time(scene.rng, after_workdays(line.received_at.date(), 1))
    return scene.books.settle(line, person, MEDICAL, paid_at, agent, scene.village)


FRAUD = Fraud("voided-after-receipt", "pocketed-cash", strong, weak)
