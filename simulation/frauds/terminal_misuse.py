"""A terminal is used after its keeper was relieved, or carried out of its area (离任后用机、异地用机)."""

from __future__ import annotations

from datetime import date

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, after_workdays, office_time, season_workday
from simulation.frauds.lines import total
from simulation.people import Person
from simulation.rows import PosTransaction, Terminal
from simulation.season import due
from simulation.staff import Agent


def _swipe(scene: Scene, agent: Agent, terminal: Terminal, person: Person, day: date) -> PosTransaction:
    moment = office_time(scene.rng, day)
    head = scene.household_of(person).head
    sale = scene.books.sale(terminal, due(person, MEDICAL), moment, head.card, "debit", head.id_number)
    scene.books.pay(
        person,
        MEDICAL,
        due(person, MEDICAL),
        moment,
        "pos",
        scene.village,
        account=head.card,
        payer=head,
        agent=agent,
        sale=sale,
    )
    return sale


def relieved_strong(scene: Scene) -> Case | None:
    """Eight to twelve sales in the weeks after the keeper was relieved."""
    return _relieved(
        scene,
        8 + int(scene.rng.random() * 5),
        1,
        "代收人离任后仍使用专用POS机收费",
        "the terminal used for weeks after its keeper was relieved",
    )


def relieved_weak(scene: Scene) -> Case | None:
    """One sale on the very day of the relief, after the hand-over."""
    return _relieved(scene, 1, 0, "离任当日交接后又刷一笔", "one sale on the day of the relief, after the hand-over")


def _relieved(scene: Scene, count: int, gap: int, note_zh: str, note_en: str) -> Case | None:
    agent = scene.agent(with_terminal=True)
    people = scene.payers(count, MEDICAL)
    if agent.terminal is None or not people:
        return None
    if agent.line.relieved_on is None:
        agent.line.relieved_on = date(2026, 1, 9)
    day = agent.line.relieved_on
    records: list[Record] = []
    for person in people:
        day = after_workdays(day, gap)
        records.append(("pos-transactions", _swipe(scene, agent, agent.terminal, person, day)))
    return Case("terminal", agent.terminal, total(people), records, note_zh, note_en)


def away_strong(scene: Scene) -> Case | None:
    """Eight to twelve sales thirty kilometres away, in another county."""
    return _away(
        scene, 8 + int(scene.rng.random() * 5), 0.34, "专用POS机在外县使用", "the terminal used in another county"
    )


def away_weak(scene: Scene) -> Case | None:
    """One sale three kilometres off, lent to a shopkeeper."""
    return _away(scene, 1, 0.024, "POS机借给三公里外店主刷一笔", "lent for one sale three kilometres off")


def _away(scene: Scene, count: int, degrees: float, note_zh: str, note_en: str) -> Case | None:
    agent = scene.agent(with_terminal=True)
    people = scene.payers(count, MEDICAL)
    if agent.terminal is None or not people:
        return None
    records: list[Record] = []
    for person in people:
        sale = _swipe(scene, agent, agent.terminal, person, season_workday(scene.rng, MEDICAL))
        sale.location = f"{scene.village.longitude + degrees:.5f},{scene.village.latitude + degrees / 2:.5f}"
        records.append(("pos-transactions", sale))
    return Case("terminal", agent.terminal, total(people), records, note_zh, note_en)


AFTER_RELIEF = Fraud("terminal-after-relief", "card-cash-out", relieved_strong, relieved_weak)
OUT_OF_AREA = Fraud("terminal-out-of-area", "card-cash-out", away_strong, away_weak)
