"""The collector signs for the village, so that nobody checks the register (自收自签)."""

from __future__ import annotations

from simulation.books import Record
from simulation.cases import Case, Fraud, Scene
from simulation.days import MEDICAL, season_workday
from simulation.frauds.lines import honest_line, total
from simulation.rows import CashReceipt


def strong(scene: Scene) -> Case | None:
    """Ten to fifteen lines signed for the village by the collector, a third of them not by the payer."""
    people = scene.payers(10 + int(scene.rng.random() * 6), MEDICAL)
    if not people:
        return None
    agent = scene.agent()
    records: list[Record] = []
    for number, person in enumerate(people):
        pair = honest_line(scene, agent, person, season_workday(scene.rng, MEDICAL))
        line = pair[0][1]
        if isinstance(line, CashReceipt):
            line.village_signatory_id = agent.person.id_number
            line.payer_signed = number % 3 != 0
        records.append(pair[0])
    return Case(
        "collector",
        agent.id,
        total(people),
        records,
        "代收人自己代村负责人签字，部分缴费人未签",
        "the collector signed for the village; payers' signatures missing",
    )


def weak(scene: Scene) -> Case | None:
    """One line whose payer's thumbprint is the collector's."""
    people = scene.payers(1, MEDICAL)
    if not people:
        return None
    agent = scene.agent()
    records = honest_line(scene, agent, people[0], season_workday(scene.rng, MEDICAL))
    return Case(
        "collector", agent.id, total(people), records, "一笔由代收人代按手印", "one thumbprint given by the collector"
    )


FRAUD = Fraud("self-signed-register", "register-defect", strong, weak)
