"""What the offices keep of everyone: rosters, households, treasury shares, earlier years, ordinary changes."""

from __future__ import annotations

from datetime import date, timedelta

from simulation.books import Books, Record
from simulation.days import EARLIER, MEDICAL, PENSION, at, office_time, phone_time, season_day, season_workday
from simulation.people import MEDICAL_TARIFF, PENSION_SHARE, Household, Person, medical_due, pension_due
from simulation.places import Village
from simulation.rows import HouseholdMember, RosterLine
from simulation.season import close
from simulation.staff import Team

_EARLIER_TARIFF = {2023: 35000, 2024: 38000, 2025: 40000}
_DEPARTMENTS = {
    "died": "公安局",
    "moved-out": "公安局",
    "enrolled": "教育局",
    "insured-elsewhere": "人社局",
    "enlisted": "人武部",
}


def roster_id(person: Person, village: Village, fee: str) -> str:
    """Return the id of a person's roster line: fee, village and the person's number."""
    return f"{'YB26' if fee == MEDICAL.fee else 'YL25'}-{village.code}-{person.serial:07d}"


def enter_registers(books: Books, households: list[Household]) -> None:
    """Write the roster lines and the household register of a village as they finally stand."""
    for household in households:
        village = household.village
        address = f"{village.name}{household.group}组"
        for person in household.members:
            books.members.append(
                HouseholdMember(
                    record_id=f"HJ{person.serial:09d}",
                    household_no=household.number,
                    payer_id=person.id_number,
                    relation=person.relation,
                    division=village.code,
                    valid_from=max(person.born, date(2015, 1, 1)),
                )
            )
            if person.listed:
                books.rosters.append(_roster_line(person, village, address, medical=True))
            if person.pension_tier:
                books.rosters.append(_roster_line(person, village, address, medical=False))


def _roster_line(person: Person, village: Village, address: str, *, medical: bool) -> RosterLine:
    window = MEDICAL if medical else PENSION
    due = medical_due(person) if medical else pension_due(person)
    return RosterLine(
        record_id=roster_id(person, village, window.fee),
        payer_id=person.id_number,
        payer_name=person.name,
        fee=window.fee,
        fee_year=window.year,
        division=village.code,
        category=person.category,
        amount_due=due,
        fiscal_share=MEDICAL_TARIFF - due if medical else person.pension_tier - due,
        listed_on=window.listed_on,
        phone=person.phone,
        address=address,
    )


def treasury_pays(books: Books, households: list[Household]) -> None:
    """Pay the treasury's share for the poor and disabled, one batch for each fee."""
    medical_at, pension_at = at(date(2025, 12, 12), 660), at(date(2025, 5, 16), 670)
    for household in households:
        for person in household.members:
            if person.died_on is not None:
                continue
            share = MEDICAL_TARIFF - medical_due(person)
            if share and person.listed and not person.elsewhere:
                books.pay(person, MEDICAL, share, medical_at, "fiscal", household.village, account="653123-财政专户")
            if person.pension_tier and person.category in PENSION_SHARE:
                books.pay(
                    person,
                    PENSION,
                    10000,
                    pension_at,
                    "fiscal",
                    household.village,
                    account="653123-财政专户",
                    tier=10000,
                )


def earlier_years(books: Books, team: Team, households: list[Household], in_cash: dict[int, list[Record]]) -> None:
    """Enter three earlier years of the households whose history is kept; `in_cash` collects the payments of some."""
    for household in households:
        if not household.has_history:
            continue
        cash = books.rng.random() < 0.4 or any(person.serial in in_cash for person in household.members)
        agent = team.agents[0] if cash else None
        for window in EARLIER:
            day = season_workday(books.rng, window) if cash else season_day(books.rng, window)
            moment = office_time(books.rng, day) if cash else phone_time(books.rng, day)
            for person in household.members:
                if person.born.year >= window.year:
                    continue
                moment += timedelta(seconds=55)
                payment = books.pay(
                    person,
                    window,
                    _EARLIER_TARIFF[window.year],
                    moment,
                    "cash" if cash else "wechat",
                    household.village,
                    account="" if cash else household.head.wallet,
                    payer=None if cash else household.head,
                    agent=agent,
                )
                if person.serial in in_cash:
                    in_cash[person.serial].append(("payments", payment))


def ordinary_changes(books: Books, households: list[Household]) -> None:
    """Let some residents die, move, enrol, enlist or be insured elsewhere, as every year."""
    for household in households:
        if household.staff:
            continue
        for person in household.members:
            if books.rng.random() < 0.017:
                _change(books, person)


def _change(books: Books, person: Person) -> None:
    day = date(2025, 1, 10) + timedelta(days=int(books.rng.random() * 380))
    kind = "died" if person.age > 62 or books.rng.random() < 0.06 else ""
    if not kind:
        kind = (
            "enrolled" if 18 <= person.age <= 20 else "moved-out" if books.rng.random() < 0.4 else "insured-elsewhere"
        )
        kind = "enlisted" if person.male and person.age == 21 else kind
        if person.age < 18:
            return
    books.change(person, kind, day, _DEPARTMENTS[kind])
    if kind == "died":
        person.died_on = day
        person.listed = day > MEDICAL.listed_on
        if day < MEDICAL.closes:
            close(person, MEDICAL)
        if day < PENSION.closes:
            close(person, PENSION)
    elif kind != "moved-out" and day < date(2025, 11, 15):
        person.elsewhere = True
        close(person, MEDICAL)
