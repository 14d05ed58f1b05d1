"""An agent types a wrong amount or person, reverses the payment at once and pays it again within the hour."""

from __future__ import annotations

from datetime import timedelta

from simulation.cases import Case, Habit, Scene
from simulation.days import MEDICAL, office_time, season_workday
from simulation.season import due


def make(scene: Scene) -> Case | None:
    """Make a register line, its payment reversed and made again the same day, and a spoilt receipt."""
    people = scene.payers(1, MEDICAL)
    if not people:
        return None
    person, agent, books = people[0], scene.agent(), scene.books
    moment = office_time(scene.rng, season_workday(scene.rng, MEDICAL))
    books.slip(agent, moment - timedelta(minutes=1), "voided")
    line = books.cash(person, MEDICAL, due(person, MEDICAL), moment, agent, scene.team)
    wrong = books.settle(line, person, MEDICAL, moment + timedelta(minutes=9), agent, scene.village)
    void = books.void(wrong, moment + timedelta(minutes=16), "录入有误，重新缴费", agent.id)
    right = books.settle(line, person, MEDICAL, moment + timedelta(minutes=31), agent, scene.village)
    return Case(
        "collector",
        agent.id,
        right.amount,
        [("cash-receipts", line), ("payments", wrong), ("payment-voids", void), ("payments", right)],
        "录入有误当即冲正并重新缴费，废票已登记",
        "typed wrong, reversed and paid again within the hour",
    )


HABIT = Habit("reversed-and-paid-again", "pocketed-cash", make)
