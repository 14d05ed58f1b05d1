"""On the last days of the window many come at once; the agent takes cash and pays it in at a run, the same day."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Habit, Scene
from simulation.days import MEDICAL, at, office_time
from simulation.season import due


def make(scene: Scene) -> Case | None:
    """Twelve to thirty-four lines of one day, paid within half an hour that evening."""
    people = scene.payers(12 + int(scene.rng.random() * 23), MEDICAL)
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    day = date(2025, 12, 29) + timedelta(days=int(scene.rng.random() * 3))
    evening = at(day, 1265 + int(scene.rng.random() * 30))
    records: list[Record] = []
    for person in people:
        line = books.cash(person, MEDICAL, due(person, MEDICAL), office_time(scene.rng, day), agent, scene.team)
        payment = books.settle(line, person, MEDICAL, evening, agent, scene.village)
        records += [("cash-receipts", line), ("payments", payment)]
        evening += timedelta(seconds=30 + int(scene.rng.random() * 20))
    total = sum(due(person, MEDICAL) for person in people)
    return Case(
        "collector",
        agent.id,
        total,
        records,
        "截止前集中缴费，当日收当日缴",
        "deadline rush: taken and paid the same day",
    )


HABIT = Habit("deadline-rush", "delayed-remittance", make)
