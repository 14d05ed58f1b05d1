"""Who gets a suspicion: complaints and clerks go to discipline, what an office can mend to the office."""

from __future__ import annotations

import pytest

from risk.scoring.event_ids import NotAnEventId, record_of
from risk.scoring.officials import officials as read_officials
from risk.scoring.score import score
from risk.scoring.suspicion import rows as suspicion_rows
from tests.casework.world import insert, township_world
from tests.risk.scoring.rows import finding, findings, officials, scored

COMPLAINT = "complaints:t:J7@1"


def told(**given: object) -> dict[str, object]:
    """Return a critical finding that rests on a complaint."""
    whole = {
        "rule": "A14",
        "family": "proof",
        "severity": "critical",
        "evidence": [COMPLAINT],
        "reason_zh": "群众举报已缴费未到账",
    }
    return finding(**(whole | given))


def test_a_complaint_alone_goes_to_discipline_with_its_evidence() -> None:
    (one,) = scored(told())
    assert (one.addressee, one.file, one.evidence) == ("discipline", "suspicions", (COMPLAINT,))


def test_a_township_sees_nothing_of_a_complaint_beside_its_own_finding() -> None:
    (with_complaint,) = scored(finding(), told(evidence=[COMPLAINT, "payments:t:1@1"]))
    (without,) = scored(finding())
    assert with_complaint.addressee == "township"
    for name in ("score", "rules", "evidence", "reasons_zh", "amount_at_risk_fen", "severity", "first_on"):
        assert getattr(with_complaint, name) == getattr(without, name)
    assert (with_complaint.copy_to_discipline, without.copy_to_discipline) == (True, False)


def test_what_the_township_could_only_watch_goes_to_discipline_whole() -> None:
    (one,) = scored(finding(severity="watch"), told())
    assert (one.addressee, one.rules) == ("discipline", ("A01", "A14"))


def test_a_suspicion_about_the_townships_clerk_goes_to_discipline() -> None:
    table = score(findings(finding(subject_id="K01"), finding()), officials(("collector", "K01")))
    assert {one.subject_id: one.addressee for one in suspicion_rows(table)} == {"K01": "discipline", "V01": "township"}


def test_critical_suspicions_are_copied_to_discipline() -> None:
    (one,) = scored(finding(severity="critical"))
    assert (one.addressee, one.copy_to_discipline) == ("township", True)


def test_what_only_an_office_can_mend_stands_in_the_offices_file_with_ranks_of_its_own() -> None:
    failed = finding(
        rule="A06",
        severity="high",
        category="entitlement-gap",
        addressee="medical-insurance",
        subject_type="office",
        subject_id="medical-insurance",
    )
    duty = finding(rule="H01", category="process", subject_type="office", subject_id="653123103")
    found = scored(failed, duty, finding())
    placed = {one.category: (one.file, one.rank) for one in found}
    assert placed == {"pocketed-cash": ("suspicions", 1), "entitlement-gap": ("offices", 1), "process": ("offices", 2)}


def test_a_township_finding_outweighs_an_offices_stronger_one() -> None:
    (one,) = scored(finding(severity="low"), finding(rule="A06", addressee="medical-insurance", severity="high"))
    assert one.addressee == "township"


def test_the_office_with_the_strongest_finding_is_the_addressee() -> None:
    (one,) = scored(
        finding(addressee="acquirer", severity="low"), finding(rule="F01", addressee="treasury", severity="high")
    )
    assert one.addressee == "treasury"


def test_a_clerks_other_hands_terminal_person_and_account_are_known() -> None:
    world = township_world()
    insert(
        world,
        "collectors",
        "V77",
        {"person": "p-clerk", "role": "village-agent", "division": ["653123103201"], "own_accounts": []},
    )
    known = {(row["subject_type"], row["subject_id"]) for row in read_officials(world).to_pylist()}
    hands = {("collector", "K01"), ("collector", "V77"), ("payer", "p-clerk"), ("terminal", "T900")}
    assert known == hands | {("account", "a-clerk"), ("card", "a-clerk")}


def test_an_event_id_gives_back_what_was_encoded() -> None:
    ref = record_of("cash-receipts:t%3A1:册%3A3%253A@7@2")
    assert (ref.type, ref.source, ref.record_id) == ("cash-receipts", "t:1", "册:3%3A@7")


def test_what_is_no_event_id_is_refused() -> None:
    with pytest.raises(NotAnEventId):
        record_of("payments:t:R1")


def test_a_tie_is_broken_by_the_record_id_as_the_source_writes_it() -> None:
    colon = finding(subject_id="colon", evidence=["payments:t:a%3A1@1"])
    dash = finding(subject_id="dash", evidence=["payments:t:a-1@1"])
    assert [one.subject_id for one in scored(colon, dash)] == ["dash", "colon"]
