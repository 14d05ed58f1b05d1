"""The network fails in a village; that day's cash is paid one to three days later, with the township's note."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Case, Habit, Scene
from simulation.days import MEDICAL, office_time, season_workday
from simulation.office_rows import DutyAct
from simulation.season import due


def _statement(scene: Scene, day: date, count: int) -> DutyAct:
    act = DutyAct(
        duty="network-outage",
        department="township",
        division=scene.village.code,
        fee=MEDICAL.fee,
        fee_year=MEDICAL.year,
        period=day.isoformat(),
        done_on=day,
        count=count,
        signed=True,
        sealed=True,
        document_no=f"断网情况说明〔2025〕{day:%m%d}-{scene.village.code[-6:]}",
    )
    scene.books.acts.append(act)
    return act


def make(scene: Scene) -> Case | None:
    """Three to six lines paid late, a duty-act and whitelist lines that say why."""
    people = scene.payers(3 + int(scene.rng.random() * 4), MEDICAL)
    if not people:
        return None
    agent, books = scene.agent(), scene.books
    day = season_workday(scene.rng, MEDICAL)
    restored = day + timedelta(days=1 + int(scene.rng.random() * 3))
    act = _statement(scene, day, len(people))
    records: list[Record] = [("duty-acts", act)]
    taken, paid = office_time(scene.rng, day), office_time(scene.rng, restored)
    for person in people:
        line = books.cash(person, MEDICAL, due(person, MEDICAL), taken, agent, scene.team)
        payment = books.settle(line, person, MEDICAL, paid, agent, scene.village)
        note = scene.books.explain(
            person,
            MEDICAL,
            "entitlement-explained",
            f"{day.isoformat()}网络故障，恢复后补缴",
            restored,
            restored + timedelta(days=30),
        )
        records += [("cash-receipts", line), ("payments", payment), ("whitelist", note)]
        taken += timedelta(minutes=6)
        paid += timedelta(minutes=2)
    amount = sum(due(person, MEDICAL) for person in people)
    return Case(
        "collector",
        agent.id,
        amount,
        records,
        "断网当日收现，网络恢复后缴入，有情况说明",
        "network failure: cash paid one to three days later, with proof",
    )


HABIT = Habit("network-failure", "delayed-remittance", make)
