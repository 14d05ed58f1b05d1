"""Someone takes money who is not appointed for the place on that day (无授权代收)."""

from __future__ import annotations

from datetime import date

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, season_workday
from simulation.frauds.lines import honest_line, total
from simulation.rows import Collector
from simulation.staff import Agent


def strong(scene: Scene) -> Case | None:
    """Eight to twelve lines taken by someone relieved two years before, or by another village's agent."""
    people = scene.payers(8 + int(scene.rng.random() * 5), MEDICAL)
    others = [team for team in scene.neighbours if team is not scene.team and team.agents]
    if not people:
        return None
    nearby = others and scene.rng.random() < 0.5
    agent = scene.rng.choice(others).agents[-1] if nearby else _former(scene)
    records: list[Record] = []
    for person in people:
        records.extend(honest_line(scene, agent, person, season_workday(scene.rng, MEDICAL)))
    return Case(
        "collector",
        agent.id,
        total(people),
        records,
        "未获聘任人员代收现金",
        "cash taken by someone not appointed for the village",
    )


def _former(scene: Scene) -> Agent:
    adults = [p for h in scene.households if not h.staff for p in h.members if 30 <= p.age <= 60]
    person = scene.rng.choice(adults or [scene.households[-1].head])
    line = Collector(
        record_id=f"XL{scene.village.code}09",
        name=person.name,
        id_number=person.id_number,
        role="village-agent",
        division=scene.village.code,
        appointed_on=date(2020, 3, 2),
        relieved_on=date(2023, 11, 30),
        announced_on=date(2020, 2, 25),
        duties="原协理员",
        own_accounts=person.wallet,
    )
    scene.books.collectors.append(line)
    return Agent(line, person, scene.village)


def weak(scene: Scene) -> Case | None:
    """One line taken at the door by the agent's brother; the register names the agent."""
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
        "由代收人兄弟上门收取，台账写代收人",
        "one line taken by the agent's brother in the agent's name",
    )


FRAUD = Fraud("unappointed-collector", "unauthorised-collection", strong, weak)
