"""A village's register is not handed in (台账不报送), so that nobody can compare it."""

from __future__ import annotations

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, after_workdays, season_workday
from simulation.frauds.lines import honest_line, total
from simulation.rows import CashReceipt


def _withhold(scene: Scene, count: int, late: int, note_zh: str, note_en: str) -> Case | None:
    people = scene.payers(count, MEDICAL)
    if not people:
        return None
    agent = scene.agent()
    records: list[Record] = []
    for person in people:
        pair = honest_line(scene, agent, person, season_workday(scene.rng, MEDICAL))
        line = pair[0][1]
        if isinstance(line, CashReceipt):
            line.submitted_on = after_workdays(MEDICAL.closes, late)
        records.append(pair[0])
    return Case("collector", agent.id, total(people), records, note_zh, note_en)


def strong(scene: Scene) -> Case | None:
    """Ten to fifteen lines handed in more than a month late, after they were copied out again."""
    return _withhold(
        scene,
        10 + int(scene.rng.random() * 6),
        30,
        "台账逾期一个多月才报送，且系重新誊抄",
        "the register handed in over a month late, copied out anew",
    )


def weak(scene: Scene) -> Case | None:
    """One page copied out again and handed in on the last day."""
    return _withhold(
        scene, 2, 7, "个别页重新誊抄，期限最后一日报送", "a page copied out anew, handed in on the last day"
    )


FRAUD = Fraud("register-withheld", "register-defect", strong, weak)
