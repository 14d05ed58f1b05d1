"""Someone pays a higher pension tier of their own will, or tops up a tier paid before."""

from __future__ import annotations

from datetime import timedelta

from simulation.books import Record
from simulation.cases import Case, Habit, Scene, adult
from simulation.days import PENSION, phone_time, season_day

_HIGHER = (100000, 150000, 200000, 300000)


def make(scene: Scene) -> Case | None:
    """Make a first payment of the listed tier and, weeks later, the difference to a higher one."""
    people = scene.payers(1, PENSION, adult)
    if not people:
        return None
    person = people[0]
    higher = next(tier for tier in _HIGHER if tier > person.pension_tier)
    day = season_day(scene.rng, PENSION)
    moment = phone_time(scene.rng, day)
    records: list[Record] = []
    if scene.rng.random() < 0.5:
        records.append(("payments", scene.by_wallet(person, moment, PENSION, higher, higher)))
    else:
        listed = person.pension_tier
        later = moment + timedelta(days=6 + int(scene.rng.random() * 30))
        first = scene.by_wallet(person, moment, PENSION, listed, listed)
        rest = scene.by_wallet(person, later, PENSION, higher - listed, higher)
        records += [("payments", first), ("payments", rest)]
    return Case(
        "payer",
        person.id_number,
        higher,
        records,
        "自愿提高养老缴费档次（补差）",
        "a higher pension tier of one's own will",
    )


HABIT = Habit("higher-tier", "over-collection", make)
