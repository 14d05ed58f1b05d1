"""The residents of a village: households of one to seven, with valid numbers of a region that does not exist."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from domain.identity import check_character
from simulation import names
from simulation.places import Village

_THIS_YEAR = 2025
_SPREAD = 999_999_937
_POOR = (("subsistence-allowance", 0.055), ("poverty-monitored", 0.045))
_TIERS = (10000,) * 46 + (20000,) * 30 + (30000,) * 8 + (50000,) * 9 + (100000,) * 5 + (200000,) * 2


@dataclass(slots=True)
class Person:
    """A resident; money in fen, `pension_tier` 0 for who is not on the pension roster."""

    serial: int
    id_number: str
    name: str
    male: bool
    born: date
    relation: str
    category: str = "ordinary"
    pension_tier: int = 0
    away: bool = False
    listed: bool = True
    elsewhere: bool = False
    died_on: date | None = None
    medical_done: bool = False
    pension_done: bool = False

    @property
    def age(self) -> int:
        """Years completed by the end of the year."""
        return _THIS_YEAR - self.born.year

    @property
    def wallet(self) -> str:
        """The wallet number that the payment channel shows."""
        return f"WX{self.serial * 61_803_399 % _SPREAD:09d}"

    @property
    def card(self) -> str:
        """The acquirer's token of the person's debit card."""
        return f"TKD{self.serial * 75_025_313 % _SPREAD:013d}"

    @property
    def credit_card(self) -> str:
        """The acquirer's token of the person's credit card."""
        return f"TKC{self.serial * 32_416_187 % _SPREAD:013d}"

    @property
    def bank_account(self) -> str:
        """The bank account that refunds go to."""
        return f"621799{self.serial * 86_028_121 % _SPREAD:013d}"

    @property
    def phone(self) -> str:
        """A mobile number."""
        return f"199{self.serial * 15_485_863 % 99_999_989:08d}"


@dataclass(slots=True)
class Household:
    """Persons registered together; the first is the head."""

    number: str
    village: Village
    group: int
    members: list[Person] = field(default_factory=list)
    has_history: bool = False
    staff: bool = False

    @property
    def head(self) -> Person:
        """Who stands first in the register."""
        return self.members[0]


class Registry:
    """Gives out numbers of persons and of identity cards, so that none is given twice within a county."""

    def __init__(self) -> None:
        self.serial = 0
        self._sequences: dict[tuple[str, date, bool], int] = {}

    def open_township(self) -> None:
        """Forget the sequences of the township before: every township has a prefix of its own."""
        self._sequences.clear()

    def person(self, prefix: str, name: str, born: date, relation: str, *, male: bool) -> Person:
        """Register one more person."""
        self.serial += 1
        key = (prefix, born, male)
        count = self._sequences.get(key, 0)
        self._sequences[key] = count + 1
        body = f"{prefix}{born:%Y%m%d}{count * 2 + (1 if male else 2):03d}"
        return Person(self.serial, body + check_character(body), name, male, born, relation)


def settle_village(village: Village, index: int, registry: Registry, rng: Random) -> list[Household]:
    """Fill a village with households; `index` numbers its township and chooses the made-up region prefix."""
    prefix = f"9999{index + 1:02d}"
    households: list[Household] = []
    left = village.size
    while left > 0:
        household = Household(f"{village.code}{len(households) + 1:05d}", village, 1 + int(rng.random() * 5))
        _fill(household, min(left, 7), prefix, registry, rng)
        left -= len(household.members)
        _describe(household, rng)
        households.append(household)
    return households


def _born(rng: Random, age: int) -> date:
    year = _THIS_YEAR - age
    share = rng.random()
    if age > 28 and share < 0.16:
        return date(year, 1, 1) if share < 0.1 else date(year, 7, 1)
    latest = 230 if age == 0 else 364
    return date(year, 1, 1) + timedelta(days=int(rng.random() * latest))


def _fill(household: Household, most: int, prefix: str, registry: Registry, rng: Random) -> None:
    han = rng.random() < 0.04
    age = 24 + int(rng.random() ** 1.15 * 54)
    single = rng.random() < (0.35 if age > 66 else 0.05)
    family = names.surname(rng) if han else names.uyghur_given(rng, male=True)

    def add(years: int, relation: str, *, male: bool, own: bool) -> None:
        if len(household.members) >= most:
            return
        if han:
            name = names.han_name(rng, family if own else None, male=male)
        else:
            name = names.uyghur_name(rng, father if own else None, male=male)
        household.members.append(registry.person(prefix, name, _born(rng, years), relation, male=male))

    father = family
    male_head = not single or rng.random() < 0.4
    add(age, "户主", male=male_head, own=True)
    if single:
        return
    if not han:
        father = household.members[0].name.partition("·")[0]
    add(max(20, age - int(rng.random() * 6)), "配偶", male=False, own=False)
    for _ in range(_children(age, rng)):
        add(max(1, age - 21 - int(rng.random() * 14)), "子女", male=rng.random() < 0.51, own=True)
    if age < 55 and rng.random() < 0.22:
        add(age + 20 + int(rng.random() * 10), "父母", male=rng.random() < 0.4, own=False)


def _children(age: int, rng: Random) -> int:
    most = 1 if age < 27 else 3 if age < 34 else 4 if age < 52 else 2
    return min(most, int(rng.random() * (most + 1.3)))


def _describe(household: Household, rng: Random) -> None:
    household.has_history = rng.random() < 0.1
    share = rng.random()
    common = "ordinary"
    for category, part in _POOR:
        if share < part:
            common = category
            break
        share -= part
    alone = len(household.members) == 1 and household.members[0].age > 64
    if alone and rng.random() < 0.3:
        common = "extreme-poverty"
    if common != "ordinary":
        household.has_history = False
    for person in household.members:
        person.category = common
        _describe_person(person, household, rng)


def _describe_person(person: Person, household: Household, rng: Random) -> None:
    age, share = person.age, rng.random()
    if share < 0.011 and not household.has_history:
        person.category = "severe-disability" if person.category == "ordinary" else person.category
    elif 6 < age < 19 and person.category == "ordinary" and share < 0.8:
        person.category = "student"
    if 17 <= age <= 59 and rng.random() < (0.3 if age < 23 else 0.58):
        person.pension_tier = _TIERS[int(rng.random() * 100)]
        if person.category in PENSION_SHARE:
            person.pension_tier = 10000
    if 18 <= age <= 45 and person is not household.members[0]:
        person.away = rng.random() < 0.13


MEDICAL_OWN = {
    "extreme-poverty": 0,
    "orphan": 0,
    "subsistence-allowance": 20000,
    "severe-disability": 20000,
    "poverty-monitored": 20000,
}
PENSION_SHARE = {"extreme-poverty": 10000, "subsistence-allowance": 10000, "severe-disability": 10000}
MEDICAL_TARIFF = 40000


def medical_due(person: Person) -> int:
    """Return the person's own share of the medical fee of 2026, in fen."""
    return MEDICAL_OWN.get(person.category, MEDICAL_TARIFF)


def pension_due(person: Person) -> int:
    """Return the person's own share of the pension tier of 2025, in fen."""
    return person.pension_tier - PENSION_SHARE.get(person.category, 0)
