"""Who collects in a township: agents and signatories of the villages, clerks, their terminals and receipt books."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from simulation.people import Household, Person
from simulation.places import Township, Village
from simulation.rows import Collector, Terminal


@dataclass(slots=True)
class Agent:
    """A collector as a person: the line in the register of collectors, the resident, and the terminal kept."""

    line: Collector
    person: Person
    village: Village
    terminal: Terminal | None = None
    cases: int = 0

    @property
    def id(self) -> str:
        """The collector's number."""
        return self.line.record_id


@dataclass(slots=True)
class Team:
    """The people of one village who have a part in collecting."""

    village: Village
    head: Person
    agents: list[Agent] = field(default_factory=list)


def appoint(village: Village, households: list[Household], rng: Random) -> Team:
    """Choose the village head and one or two agents among the residents and give each agent a terminal."""
    adults = [
        (household, person)
        for household in households
        for person in household.members
        if 25 <= person.age <= 57 and person.category == "ordinary" and not person.away
    ]
    chosen = rng.sample(adults, min(len(adults), 3 if village.size > 150 else 2))
    if len(chosen) < 2:
        spare = [(household, person) for household in households for person in household.members]
        chosen = (chosen + spare + spare)[:2]
    for household, _ in chosen:
        household.staff = True
        household.has_history = False
    team = Team(village, chosen[0][1])
    for number, (_, person) in enumerate(chosen[1:], start=1):
        team.agents.append(_agent(village, person, number, rng))
    return team


def _agent(village: Village, person: Person, number: int, rng: Random) -> Agent:
    since = date(2019 + int(rng.random() * 5), 3, 1) + timedelta(days=int(rng.random() * 240))
    line = Collector(
        record_id=f"XL{village.code}{number:02d}",
        name=person.name,
        id_number=person.id_number,
        role="village-agent",
        division=village.code,
        appointed_on=since,
        phone=person.phone,
        duties="居民两险代收",
        announced_on=since - timedelta(days=6),
        publicised_on=date(2024, 12, 20),
        own_accounts=f"{person.wallet};{person.card};{person.credit_card}",
    )
    agent = Agent(line, person, village)
    if number == 1:
        east, north = rng.uniform(-0.004, 0.004), rng.uniform(-0.004, 0.004)
        agent.terminal = Terminal(
            record_id=f"Q{village.code[6:]}{number:02d}",
            merchant_id=f"898653{village.code[6:9]}00001",
            division=village.code,
            collector_id=line.record_id,
            installed_on=date(2023, 6, 1),
            location=f"{village.longitude + east:.5f},{village.latitude + north:.5f}",
        )
    return agent


def clerk(township: Township, person: Person) -> Collector:
    """Return the township's clerk, who hands in the registers and may collect in all its villages."""
    since = date(2021, 4, 12)
    return Collector(
        record_id=f"ZG{township.code}01",
        name=person.name,
        id_number=person.id_number,
        role="township-clerk",
        division=township.code,
        appointed_on=since,
        phone=person.phone,
        duties="台账汇总报送",
        announced_on=since - timedelta(days=9),
        publicised_on=date(2024, 12, 20),
        own_accounts=person.wallet,
    )
