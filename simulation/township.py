"""One township from its people to its written files: registers, cases, the ordinary season, then numbers and files."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulation.books import Books
from simulation.cases import Case, Scene
from simulation.chance import Chance
from simulation.people import Household, Person, Registry, settle_village
from simulation.places import Township
from simulation.plan import VillagePlan
from simulation.registers import earlier_years, enter_registers, ordinary_changes, treasury_pays
from simulation.rows import Collector
from simulation.season import ordinary_season
from simulation.staff import Team, appoint, clerk


@dataclass(slots=True)
class TownshipYear:
    """What one township did in the year."""

    township: Township
    books: Books
    clerk: Collector
    teams: list[Team]
    cases: list[Case] = field(default_factory=list)


def live_through(
    township: Township, index: int, plans: dict[str, VillagePlan], registry: Registry, seed: int
) -> TownshipYear:
    """Let the people of a township live through the year."""
    rng = Chance.of(seed, township.code)
    books = Books(rng)
    registry.open_township()
    homes = {village.code: settle_village(village, index, registry, rng) for village in township.villages}
    teams = [appoint(village, homes[village.code], rng) for village in township.villages]
    year = TownshipYear(township, books, clerk(township, _clerk_person(homes[township.villages[0].code])), teams)
    books.collectors.append(year.clerk)
    for team in teams:
        books.collectors.extend(agent.line for agent in team.agents)
        books.terminals.extend(agent.terminal for agent in team.agents if agent.terminal)
    for team in teams:
        households = homes[team.village.code]
        ordinary_changes(books, households)
        plan = plans[team.village.code]
        scene = Scene(rng, books, team, households, teams, registry, plan.most_persons(team.village.size))
        year.cases.extend(_cases(scene, plan))
        earlier_years(books, team, households, scene.cash_history)
        ordinary_season(books, team, households)
        treasury_pays(books, households)
        enter_registers(books, households)
    return year


def _clerk_person(households: list[Household]) -> Person:
    adults = [p for h in households if not h.staff for p in h.members if 28 <= p.age <= 55]
    return (adults or [households[-1].head])[0]


def _cases(scene: Scene, plan: VillagePlan) -> list[Case]:
    made = []
    for habit in plan.habits:
        case = habit.make(scene)
        if case is not None:
            case.kind, case.category = habit.kind, habit.category
            made.append(case)
    for fraud, strength in plan.frauds:
        case = (fraud.strong if strength == "strong" else fraud.weak)(scene)
        if case is not None:
            case.kind, case.category, case.strength = fraud.kind, fraud.category, strength
            made.append(case)
    for case in made:
        case.township = scene.village.township
    return made
