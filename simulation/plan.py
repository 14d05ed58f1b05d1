"""How many cases of each kind a county gets, and in which village each happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from random import Random

from simulation.cases import Fraud, Habit
from simulation.places import Township

_FRAUD_VILLAGES = 0.55


@dataclass(slots=True)
class VillagePlan:
    """The cases that happen in one village."""

    frauds: list[tuple[Fraud, str]] = field(default_factory=list)
    habits: list[Habit] = field(default_factory=list)

    def most_persons(self, size: int) -> int:
        """Return how many persons one case may take in a village of `size`, so that all cases find some."""
        return max(1, size * 6 // 5 // max(1, len(self.frauds) + len(self.habits)))


def fraud_cases(people: int) -> int:
    """Cases of each fraud kind and strength: one to 10,000 people, growing with the square root."""
    return max(1, round(sqrt(people / 10_000)))


def habit_cases(people: int) -> int:
    """Cases of each innocent reason: seven times what there is of any fraud kind, since some find no fitting family."""
    return 1 if people < 2_000 else max(2 * fraud_cases(people) * 7, people * 14 // 10_000)


def plan_cases(
    towns: list[Township], people: int, frauds: tuple[Fraud, ...], habits: tuple[Habit, ...], rng: Random
) -> dict[str, VillagePlan]:
    """Spread frauds over about half of the villages and innocent reasons over all, in turn."""
    codes = [village.code for town in towns for village in town.villages]
    plans = {code: VillagePlan() for code in codes}
    rng.shuffle(codes)
    crooked = codes[: max(1, round(len(codes) * _FRAUD_VILLAGES))]
    entries = [(f, s) for _ in range(fraud_cases(people)) for s in ("strong", "weak") for f in frauds]
    for place, entry in enumerate(entries):
        plans[crooked[place % len(crooked)]].frauds.append(entry)
    place = 0
    for _ in range(habit_cases(people)):
        for habit in habits:
            plans[codes[place % len(codes)]].habits.append(habit)
            place += 1
    return plans
