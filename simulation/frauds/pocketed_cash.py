"""Cash is taken and never paid in (收现不缴): with register lines, or one person's without any trace."""

from __future__ import annotations

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, season_workday
from simulation.frauds.lines import roster_records, take_cash, total


def strong(scene: Scene) -> Case | None:
    """Eight to sixteen signed register lines without payments."""
    people = scene.payers(8 + int(scene.rng.random() * 9), MEDICAL, per_household=4)
    if not people:
        return None
    agent = scene.agent()
    records: list[Record] = [
        ("cash-receipts", take_cash(scene, agent, person, season_workday(scene.rng, MEDICAL))) for person in people
    ]
    scene.books.complain(
        scene.rng.choice((MEDICAL.closes.replace(day=20), MEDICAL.closes)),
        "paid-not-covered",
        "交了现金，医院说没参保",
        scene.village,
        person=people[0],
        agent=agent,
        window=MEDICAL,
        amount=40000,
    )
    return Case(
        "collector",
        agent.id,
        total(people),
        records,
        "收现不缴：登记台账有记录，始终未缴入",
        "cash taken and entered in the register, never paid in",
    )


def weak(scene: Scene) -> Case | None:
    """One person's cash, without receipt or register line."""
    people = scene.payers(1, MEDICAL)
    if not people:
        return None
    agent = scene.agent()
    return Case(
        "collector",
        agent.id,
        total(people),
        roster_records(scene, people),
        "口头收取一人现金，未登记、未开票、未缴入",
        "one person's cash taken without a trace",
    )


FRAUD = Fraud("pocketed-cash", "pocketed-cash", strong, weak)
