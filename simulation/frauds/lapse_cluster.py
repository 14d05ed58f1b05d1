"""The collector takes cash off the books from regular payers, who so drop out of the records (连年缴费人集中断缴)."""

from __future__ import annotations

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene, with_history
from simulation.days import MEDICAL
from simulation.frauds.lines import roster_records, total


def _lapse(scene: Scene, count: int, note_zh: str, note_en: str) -> Case | None:
    for household in scene.households[: len(scene.households) if count > 2 else 0]:
        if not household.staff and household.head.category == "ordinary" and scene.rng.random() < 0.2:
            household.has_history = True
    people = scene.payers(count, MEDICAL, with_history)
    if not people:
        return None
    agent = scene.team.agents[0]
    agent.cases += 1
    records: list[Record] = roster_records(scene, people)
    for person in people:
        scene.cash_history[person.serial] = records
    return Case("collector", agent.id, total(people), records, note_zh, note_en)


def strong(scene: Scene) -> Case | None:
    """Nine to thirteen payers of three years running who stop this year under one collector."""
    return _lapse(
        scene,
        9 + int(scene.rng.random() * 5),
        "连续三年缴费人员在同一代收人处集中断缴，现金账外收取",
        "payers of three years stop together under one collector",
    )


def weak(scene: Scene) -> Case | None:
    """Two such payers."""
    return _lapse(
        scene, 2, "两名连年缴费人断缴，现金账外收取", "two regular payers stop, their cash taken off the books"
    )


FRAUD = Fraud("lapse-cluster", "pocketed-cash", strong, weak)
