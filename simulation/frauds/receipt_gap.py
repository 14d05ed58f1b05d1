"""Receipts are torn from the book and appear in no register (票据断号): their cash is off the books."""

from __future__ import annotations

from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, office_time
from simulation.frauds.lines import roster_records, season_day_before, total


def _tear(scene: Scene, count: int, state: str, note_zh: str, note_en: str) -> Case | None:
    people = scene.payers(count, MEDICAL)
    if not people:
        return None
    agent = scene.agent()
    last = MEDICAL.closes.replace(month=11, day=20)
    records = roster_records(scene, people)
    for _ in people:
        slip = scene.books.slip(agent, office_time(scene.rng, season_day_before(scene, last)), state)
        records.append(("receipt-books", slip.book))
    scene.keep_collecting(agent)
    return Case("collector", agent.id, total(people), records, note_zh, note_en)


def strong(scene: Scene) -> Case | None:
    """Six to ten numbers neither used, voided nor returned, later ones used; as many persons unpaid."""
    return _tear(
        scene,
        6 + int(scene.rng.random() * 5),
        "missing",
        "票据断号，对应现金未登记未缴入",
        "receipt numbers missing, their cash off the books",
    )


def weak(scene: Scene) -> Case | None:
    """One number registered as spoilt that was given out for cash."""
    return _tear(
        scene,
        1,
        "voided",
        "一张登记作废的收据实际已开出收现",
        "one receipt given out for cash but registered as spoilt",
    )


FRAUD = Fraud("receipt-gap", "register-defect", strong, weak)
