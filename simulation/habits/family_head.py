"""The head of a large family pays for all its members with one wallet or one card."""

from __future__ import annotations

from simulation.books import Record
from simulation.cases import Case, Habit, Scene
from simulation.days import MEDICAL, office_time, season_day, season_workday
from simulation.season import by_phone, due


def make(scene: Scene) -> Case | None:
    """Make a family of four or more, half of the time by credit card at the terminal."""
    families = scene.families(1, MEDICAL, size=4) or scene.families(1, MEDICAL, size=2)
    if not families:
        return None
    household = families[0]
    head, books = household.head, scene.books
    before = len(books.payments)
    payers = [p for p in household.members if due(p, MEDICAL) > 0 and p.died_on is None]
    terminal = scene.team.agents[0].terminal
    total = sum(due(p, MEDICAL) for p in payers)
    records: list[Record] = []
    if terminal is not None and scene.rng.random() < 0.5:
        moment = office_time(scene.rng, season_workday(scene.rng, MEDICAL))
        sale = books.sale(terminal, total, moment, head.credit_card, "credit", head.id_number)
        records.append(("pos-transactions", sale))
        for person in payers:
            books.pay(
                person,
                MEDICAL,
                due(person, MEDICAL),
                moment,
                "pos",
                scene.village,
                account=head.credit_card,
                payer=head,
                agent=scene.team.agents[0],
                sale=sale,
            )
    else:
        by_phone(books, scene.team, head, payers, MEDICAL, season_day(scene.rng, MEDICAL))
    records.extend(("payments", payment) for payment in books.payments[before:])
    return Case(
        "payer", head.id_number, total, records, "户主为全家缴费", "the head of a family paid for all its members"
    )


HABIT = Habit("head-of-family", "coverage", make)
