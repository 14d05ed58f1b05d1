"""Steps that several frauds share: taking cash, paying some of it in, naming the roster lines of the unpaid."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Record
from simulation.cases import Scene
from simulation.days import MEDICAL, Window, office_time, season_workday
from simulation.people import Person
from simulation.registers import roster_id
from simulation.rows import CashReceipt
from simulation.season import due, tier
from simulation.staff import Agent


def total(people: list[Person], window: Window = MEDICAL) -> int:
    """Return what the persons owe together, in fen."""
    return sum(due(person, window) for person in people)


def roster_records(scene: Scene, people: list[Person], window: Window = MEDICAL) -> list[Record]:
    """Return the roster lines of persons for whom nothing was paid."""
    return [("rosters", roster_id(person, scene.village, window.fee)) for person in people]


def take_cash(scene: Scene, agent: Agent, person: Person, day: date, window: Window = MEDICAL) -> CashReceipt:
    """Return a register line for the person's full share at some hour of that day."""
    return scene.books.cash(person, window, due(person, window), office_time(scene.rng, day), agent, scene.team)


def honest_line(scene: Scene, agent: Agent, person: Person, day: date, window: Window = MEDICAL) -> list[Record]:
    """Return a register line and its payment an hour later: what the records show where the wrong leaves no trace."""
    line = take_cash(scene, agent, person, day, window)
    paid_at = line.received_at + timedelta(minutes=20 + int(scene.rng.random() * 80))
    payment = scene.books.settle(line, person, window, paid_at, agent, scene.village, tier=tier(person, window))
    return [("cash-receipts", line), ("payments", payment)]


def season_day_before(scene: Scene, last: date, window: Window = MEDICAL) -> date:
    """Return a working day of the season not after `last`."""
    day = season_workday(scene.rng, window)
    while day > last:
        day = season_workday(scene.rng, window)
    return day
