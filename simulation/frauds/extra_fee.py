"""A fixed extra is charged with every fee (搭车收费): ten yuan for "service" on each register line."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, office_time, season_workday
from simulation.frauds.lines import honest_line
from simulation.season import due


def strong(scene: Scene) -> Case | None:
    """Fifteen to twenty-four lines with the same surplus."""
    people = scene.payers(15 + int(scene.rng.random() * 10), MEDICAL)
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    extra = scene.rng.choice((1000, 2000, 500))
    records: list[Record] = []
    for person in people:
        moment = office_time(scene.rng, season_workday(scene.rng, MEDICAL))
        line = books.cash(person, MEDICAL, due(person, MEDICAL) + extra, moment, agent, scene.team)
        paid_at = moment + timedelta(minutes=15 + int(scene.rng.random() * 120))
        payment = books.settle(line, person, MEDICAL, paid_at, agent, scene.village, amount=due(person, MEDICAL))
        records += [("cash-receipts", line), ("payments", payment)]
    complaint = books.complain(
        date(2025, 12, 15),
        "extra-fee",
        f"每人多收{extra // 100}元手续费",
        scene.village,
        agent=agent,
        window=MEDICAL,
        amount=extra,
    )
    records.append(("complaints", complaint))
    return Case(
        "collector",
        agent.id,
        extra * len(people),
        records,
        "每笔加收固定“手续费”",
        "a fixed extra charged on every line",
    )


def weak(scene: Scene) -> Case | None:
    """Five yuan from two persons, not in the register; one of them complains without a name."""
    people = scene.payers(2, MEDICAL)
    if not people:
        return None
    agent = scene.agent()
    records = [r for person in people for r in honest_line(scene, agent, person, season_workday(scene.rng, MEDICAL))]
    complaint = scene.books.complain(
        date(2025, 12, 18), "extra-fee", "多收了5元跑腿费", scene.village, window=MEDICAL, amount=500
    )
    return Case(
        "collector",
        agent.id,
        500 * len(people),
        [*records, ("complaints", complaint)],
        "另收5元跑腿费，台账未记",
        "five yuan from two persons outside the register",
    )


FRAUD = Fraud("extra-fee", "over-collection", strong, weak)
