"""The ordinary season of a village: each household pays its fees in its own way, mostly by phone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from simulation.books import Books, is_pension
from simulation.days import MEDICAL, PENSION, Window, at, office_time, phone_time, season_day, season_workday
from simulation.people import Household, Person, medical_due, pension_due
from simulation.staff import Agent, Team

_HEAD_PHONE, _OWN_PHONE, _CASH, _CARD, _COUNTER, _UNPAID = 0.56, 0.76, 0.89, 0.935, 0.975, 1.0
_OTHER_CHANNELS = ("alipay", "e-tax", "bank-counter", "client", "bank-batch", "tax-hall")


def due(person: Person, window: Window) -> int:
    """Return the person's own share of the fee, in fen."""
    return pension_due(person) if is_pension(window) else medical_due(person)


def tier(person: Person, window: Window) -> int | None:
    """Return the pension tier, where the fee has tiers."""
    return person.pension_tier if is_pension(window) else None


def owes(person: Person, window: Window) -> bool:
    """Whether the person has still to be dealt with for this fee."""
    if is_pension(window):
        return person.pension_tier > 0 and not person.pension_done
    return not person.medical_done


def close(person: Person, window: Window) -> None:
    """Mark the fee as dealt with."""
    if is_pension(window):
        person.pension_done = True
    else:
        person.medical_done = True


def ordinary_season(books: Books, team: Team, households: list[Household]) -> None:
    """Let every household pay what is still owed for both fees."""
    for household in households:
        for window in (PENSION, MEDICAL):
            payers = []
            for person in household.members:
                if owes(person, window):
                    close(person, window)
                    if due(person, window) > 0 and not _gone(person, window):
                        payers.append(person)
            if payers:
                _household_pays(books, team, household, payers, window)


def _gone(person: Person, window: Window) -> bool:
    return person.died_on is not None and person.died_on < window.closes


def _household_pays(books: Books, team: Team, household: Household, payers: list[Person], window: Window) -> None:
    share = books.rng.random()
    away = [person for person in payers if person.away]
    if away:
        for person in away:
            _migrant_pays(books, team, person, window)
        payers = [person for person in payers if not person.away]
    if not payers:
        return
    if share < _HEAD_PHONE:
        by_phone(books, team, household.head, payers, window, season_day(books.rng, window))
    elif share < _OWN_PHONE:
        for person in payers:
            adult = person if person.age >= 18 else household.head
            by_phone(books, team, adult, [person], window, season_day(books.rng, window))
    elif share < _CASH:
        in_cash(books, team, payers, window, season_workday(books.rng, window))
    elif share < _CARD:
        by_card(books, team, household, payers, window)
    elif share < _COUNTER:
        _otherwise(books, team, household, payers, window)


def by_phone(
    books: Books,
    team: Team,
    payer: Person,
    payers: list[Person],
    window: Window,
    day: date,
    start: datetime | None = None,
) -> None:
    """One wallet pays for one or several persons, a minute or two apart."""
    moment = start or phone_time(books.rng, day)
    for person in payers:
        books.pay(
            person,
            window,
            due(person, window),
            moment,
            "wechat",
            team.village,
            account=payer.wallet,
            payer=payer,
            tier=tier(person, window),
        )
        moment += timedelta(seconds=40 + int(books.rng.random() * 90))


def in_cash(
    books: Books, team: Team, payers: list[Person], window: Window, day: date, agent: Agent | None = None
) -> None:
    """Let a family pay cash: one receipt, a line for each person, paid in within three hours."""
    agent = agent or team.agents[int(books.rng.random() * len(team.agents))]
    moment = office_time(books.rng, day)
    slip = books.slip(agent, moment)
    paid_at = moment + timedelta(minutes=5 + int(books.rng.random() * 170))
    for person in payers:
        line = books.cash(person, window, due(person, window), moment, agent, team, slip)
        books.settle(line, person, window, paid_at, agent, team.village, tier=tier(person, window))
        moment += timedelta(seconds=70)
        paid_at += timedelta(seconds=45 + int(books.rng.random() * 60))


def by_card(books: Books, team: Team, household: Household, payers: list[Person], window: Window) -> None:
    """Let a family pay at the dedicated terminal with the head's card, one sale for all."""
    agent = team.agents[0]
    if agent.terminal is None:
        return
    moment = office_time(books.rng, season_workday(books.rng, window))
    head = household.head
    credit = books.rng.random() < 0.05
    total = sum(due(person, window) for person in payers)
    card = head.credit_card if credit else head.card
    sale = books.sale(agent.terminal, total, moment, card, "credit" if credit else "debit", head.id_number)
    for person in payers:
        books.pay(
            person,
            window,
            due(person, window),
            moment,
            "pos",
            team.village,
            account=card,
            payer=head,
            agent=agent,
            sale=sale,
            tier=tier(person, window),
        )


def _migrant_pays(books: Books, team: Team, person: Person, window: Window) -> None:
    day = season_day(books.rng, window)
    late = books.rng.random() < 0.5
    moment = at(day, 1290 + int(books.rng.random() * 145)) if late else phone_time(books.rng, day)
    channel = "wechat" if books.rng.random() < 0.7 else "alipay"
    books.pay(
        person,
        window,
        due(person, window),
        moment,
        channel,
        team.village,
        account=person.wallet,
        tier=tier(person, window),
    )


def _otherwise(books: Books, team: Team, household: Household, payers: list[Person], window: Window) -> None:
    channel = _OTHER_CHANNELS[int(books.rng.random() * len(_OTHER_CHANNELS))]
    moment = office_time(books.rng, season_workday(books.rng, window))
    for person in payers:
        books.pay(
            person,
            window,
            due(person, window),
            moment,
            channel,
            team.village,
            account=household.head.bank_account,
            payer=household.head,
            tier=tier(person, window),
        )
        moment += timedelta(seconds=50)
