"""A case of the ground truth: a fraud, strong or weak, or something innocent that looks like one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Protocol

from simulation.books import Books, Record
from simulation.days import MEDICAL, PENSION, Window, season_day
from simulation.people import Household, Person, Registry
from simulation.places import Village
from simulation.rows import Payment, Row
from simulation.season import by_phone, close, due, in_cash, owes
from simulation.staff import Agent, Team


@dataclass(slots=True)
class Case:
    """What happened, about whom, and the records where an official would see it."""

    subject_type: str
    subject: Row | str
    amount: int
    records: list[Record]
    note_zh: str
    note_en: str
    kind: str = ""
    category: str = ""
    strength: str = "innocent"
    township: str = ""

    def line(self, number: int) -> str:
        """Return the JSON line of the truth file; ids of records are known once the township is closed."""
        subject = self.subject if isinstance(self.subject, str) else self.subject.record_id
        key = "innocent_id" if self.strength == "innocent" else "fraud_id"
        named = dict.fromkeys((kind, r if isinstance(r, str) else r.record_id) for kind, r in self.records)
        record_list = [{"type": kind, "record_id": record_id} for kind, record_id in named]
        return json.dumps(
            {
                key: f"{'I' if self.strength == 'innocent' else 'F'}{number:06d}",
                "kind": self.kind,
                "category": self.category,
                "strength": self.strength,
                "subject_type": self.subject_type,
                "subject_id": subject,
                "township": self.township,
                "amount_fen": self.amount,
                "records": record_list,
                "note_zh": self.note_zh,
                "note_en": self.note_en,
            },
            ensure_ascii=False,
        )


class Maker(Protocol):
    """Something that makes a case in a village, or None where the village has not the people for it."""

    def __call__(self, scene: Scene) -> Case | None:
        """Make the case."""


@dataclass(frozen=True, slots=True)
class Fraud:
    """A kind of fraud with its strong and its weak form."""

    kind: str
    category: str
    strong: Maker
    weak: Maker


@dataclass(frozen=True, slots=True)
class Habit:
    """An innocent reason: something honest that looks wrong; `category` is what it may be mistaken for."""

    kind: str
    category: str
    make: Maker


@dataclass(slots=True)
class Scene:
    """One village with its people, where cases are made before the ordinary season runs."""

    rng: Random
    books: Books
    team: Team
    households: list[Household]
    neighbours: list[Team]
    registry: Registry
    most: int  # persons that one case may take
    cash_history: dict[int, list[Record]] = field(default_factory=dict)
    _order: list[Household] = field(default_factory=list)

    @property
    def village(self) -> Village:
        """The village."""
        return self.team.village

    def agent(self, *, with_terminal: bool = False) -> Agent:
        """Return the agent with the fewest cases so far; the first one keeps the terminal."""
        agents = self.team.agents[:1] if with_terminal else self.team.agents
        chosen = min(agents, key=lambda agent: agent.cases)
        chosen.cases += 1
        return chosen

    def families(self, count: int, window: Window, size: int = 1, most: int = 9) -> list[Household]:
        """Whole households with `size` to `most` payers, all of whose members are then dealt with for this fee."""
        found: list[Household] = []
        for household in self._free():
            if len(found) == count:
                break
            payers = [person for person in household.members if self._may_pay(person, window)]
            if size <= len(payers) <= most and all(owes(p, window) for p in household.members if due(p, window) > 0):
                found.append(household)
                for person in household.members:
                    close(person, window)
        return found

    def payers(
        self,
        count: int,
        window: Window,
        wanted: Callable[[Household, Person], bool] | None = None,
        per_household: int = 9,
    ) -> list[Person]:
        """Take up to `count` persons who owe the full fee, at most `per_household` of one household."""
        found: list[Person] = []
        count = min(count, self.most)
        for household in self._free():
            taken = 0
            for person in household.members:
                if len(found) == count:
                    return found
                fits = owes(person, window) and self._may_pay(person, window)
                if fits and taken < per_household and (wanted is None or wanted(household, person)):
                    close(person, window)
                    found.append(person)
                    taken += 1
        return found

    def poor_payers(self, count: int, category: str = "subsistence-allowance") -> list[Person]:
        """Persons of the category who owe the medical fee; ordinary ones become so where the village has not enough."""
        count = min(count, self.most)
        found: list[Person] = []
        for household in self._free():
            for person in household.members:
                fits = (
                    person.category == category and owes(person, MEDICAL) and person.listed and person.died_on is None
                )
                if fits and not person.away and len(found) < count:
                    close(person, MEDICAL)
                    found.append(person)
        more = self.payers(count - len(found), MEDICAL, lambda household, person: not person.pension_done, 2)
        for person in more:
            person.category = category
            person.pension_tier = min(person.pension_tier, 10000)
        return found + more

    def keep_collecting(self, agent: Agent) -> None:
        """Let the agent take honest cash once more near the end, so that later receipt numbers are used."""
        for person in self.payers(2, MEDICAL):
            in_cash(self.books, self.team, [person], MEDICAL, MEDICAL.closes - timedelta(days=9), agent)

    def newborn(self, household: Household, born: date) -> Person:
        """Register a child born into the household in the season; its fees are dealt with by the caller."""
        prefix = household.head.id_number[:6]
        father = household.head.name.partition("·")[0]
        name = f"{household.head.name[:1]}梓轩" if "·" not in household.head.name else f"阿卜杜拉·{father}"
        child = self.registry.person(prefix, name, born, "子女", male=True)
        child.category, child.medical_done, child.listed = "newborn", True, born < MEDICAL.opens
        household.members.append(child)
        return child

    def pay_family(self, household: Household, window: Window, leave_out: Person | None = None) -> None:
        """Let the head pay for the whole family by phone, as most families do."""
        payers = [p for p in household.members if p is not leave_out and p.died_on is None and due(p, window) > 0]
        by_phone(self.books, self.team, household.head, payers, window, season_day(self.rng, window))

    def by_wallet(
        self,
        person: Person,
        paid_at: datetime,
        window: Window = MEDICAL,
        amount: int | None = None,
        tier: int | None = None,
    ) -> Payment:
        """Let a person pay with the own wallet, by default what is due."""
        paid = due(person, window) if amount is None else amount
        return self.books.pay(person, window, paid, paid_at, "wechat", self.village, account=person.wallet, tier=tier)

    def household_of(self, person: Person) -> Household:
        """Return the household a person is registered in."""
        return next(household for household in self.households if person in household.members)

    def _free(self) -> list[Household]:
        if not self._order:
            self._order = [household for household in self.households if not household.staff]
        self.rng.shuffle(self._order)
        return self._order

    def _may_pay(self, person: Person, window: Window) -> bool:
        full = person.category in {"ordinary", "student"} and due(person, window) > 0
        return full and not person.away and person.died_on is None and person.listed


def adult(household: Household, person: Person) -> bool:
    """Whether the person is of age."""
    return person.age >= 18


def with_history(household: Household, person: Person) -> bool:
    """Whether the person's household has payments of earlier years on file."""
    return household.has_history and person.born.year < PENSION.year - 3
