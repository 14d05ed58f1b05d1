"""Referrals: prepared and approved by two, handed over with what proves it, masked or named, dropped or ended."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from casework.cases import issuing, referring, reviewing
from casework.cases.describing import described
from casework.cases.drawing import draw_lists
from casework.cases.handing_over import hand_over
from casework.cases.referral_money import QUERY, Sum, explained, money_of, sums
from casework.cases.referral_story import SEALED
from casework.cases.referring import Result
from casework.cases.store import of_referral
from casework.evidence.checking import check_pack
from casework.overtaken import Overtaken
from casework.papers.referral_paper import gaps
from domain.cases import referral
from domain.cases.access import CASEWORK, AccessRecorded
from domain.cases.moves import IllegalMove
from domain.cases.outcome import OutcomeRecorded
from domain.cases.referral import ReferralApproved, ReferralHandedOver
from domain.errors import Malformed, NotFound, Refused
from ledger.home import Home
from ledger.merkle.checkpoint import read_checkpoint
from projections.as_of import build_world
from projections.models import ReadModels
from tests.casework.cases.answered import CASH, COLLECTOR, LATE, PAYER, SAID, SCAN, answered_folder, line
from tests.casework.cases.made import AS_OF, TODAY, cases_of, screened
from tests.casework.papers.samples import text_of, words_of
from tests.county import number
from tests.program import run
from tests.risk.scoring.rows import finding

WHY = "乡镇确认收现不缴"
NAMED = "纪委来函调取"
FIRST = "653123-2026-R01"


@pytest.fixture
def folder(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a home of its own, in which the list was answered."""
    return shutil.copytree(answered_folder(tmp_path_factory.getbasetemp()), tmp_path / "home")


@pytest.fixture
def home(folder: Path) -> Iterator[Home]:
    with Home.open(folder) as opened:
        yield opened


def state_of(home: Home, name: str = CASH) -> str:
    return cases_of(home).suspicion(name).state


def approved(home: Home, *names: str) -> str:
    """Prepare and approve a referral."""
    identifier = referring.prepare(cases_of(home), names or (CASH, LATE), WHY).id
    referring.approve(cases_of(home, "wang"), identifier)
    return identifier


def test_a_referral_is_numbered_and_refers_its_suspicions_in_one_append(home: Home) -> None:
    before = home.ledger.head()
    state = referring.prepare(cases_of(home), [CASH, LATE, CASH], WHY)
    assert (state.id, state.state, state.suspicions, state.prepared_by) == (FIRST, "prepared", (CASH, LATE), "li")
    assert home.ledger.head() == before + 3
    assert {state_of(home, name) for name in state.suspicions} == {"referred"}
    assert WHY.encode() not in b"".join(row.state for row in home.ledger.of_type("referrals"))


def test_a_suspicion_is_not_referred_twice_and_nothing_of_the_second_is_recorded(home: Home) -> None:
    referring.prepare(cases_of(home), [CASH], WHY)
    before = home.ledger.head()
    with pytest.raises(IllegalMove, match="cannot be referred"):
        referring.prepare(cases_of(home), [LATE, CASH], WHY)
    assert home.ledger.head() == before
    assert state_of(home, LATE) == "answered"


def test_what_waits_for_a_township_is_not_referred_but_what_discipline_inspection_has_is(home: Home) -> None:
    screened(home, finding(subject_id="V02"), finding(subject_id="V03", addressee="discipline"))
    for each in draw_lists(cases_of(home)).lists:
        issuing.approve(cases_of(home, "wang"), each.id)
        issuing.issue(cases_of(home), each.id)
    names = {state.subject_id: name for name, state in cases_of(home).suspicions().items() if state.state == "issued"}
    with pytest.raises(Refused, match="waits for the answer"):
        referring.prepare(cases_of(home), [names["V02"]], WHY)
    identifier = referring.prepare(cases_of(home), [names["V03"]], WHY).id
    referring.drop(cases_of(home), identifier, "重复")
    assert state_of(home, names["V03"]) == "issued"


def test_what_is_no_suspicion_or_nothing_at_all_is_not_referred(home: Home) -> None:
    with pytest.raises(NotFound):
        referring.prepare(cases_of(home), ["S0"], WHY)
    with pytest.raises(Malformed):
        referring.prepare(cases_of(home), [], WHY)
    with pytest.raises(Malformed):
        referring.prepare(cases_of(home), [CASH], " ")


def test_another_person_approves(home: Home) -> None:
    identifier = referring.prepare(cases_of(home), [CASH], WHY).id
    with pytest.raises(Refused, match="two different persons"):
        referring.approve(cases_of(home, " LI "), identifier)
    assert referring.approve(cases_of(home, "wang"), identifier).approved_by == "wang"


def test_nothing_is_handed_over_before_it_is_approved(home: Home, tmp_path: Path) -> None:
    identifier = referring.prepare(cases_of(home), [CASH], WHY).id
    with pytest.raises(IllegalMove, match="cannot be handed over"):
        hand_over(cases_of(home), identifier, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_who_decides_on_a_state_that_has_passed_is_told_so(home: Home) -> None:
    identifier = referring.prepare(cases_of(home), [CASH], WHY).id
    slow = cases_of(home, "zhao")
    seen = referring.needed(slow, identifier)
    referring.drop(cases_of(home), identifier, "重复")
    with pytest.raises(Overtaken):
        slow.append([of_referral(seen, ReferralApproved(envelope=slow.envelope("653123", "x")))])
    assert referring.needed(slow, identifier).state == "dropped"


def test_a_dropped_referral_leaves_its_suspicions_where_they_stood(home: Home) -> None:
    reviewing.review(cases_of(home), LATE, "accept", "")
    identifier = approved(home)
    assert referring.drop(cases_of(home), identifier, "另案处理") == 2
    assert (state_of(home, CASH), state_of(home, LATE)) == ("answered", "accepted")
    assert cases_of(home).suspicion(CASH).referral is None
    with pytest.raises(IllegalMove):
        referring.drop(cases_of(home), identifier, "再次")
    assert referring.prepare(cases_of(home), [CASH], WHY).id == "653123-2026-R02"


def test_a_case_file_is_handed_over_with_packs_that_prove_its_evidence(home: Home, tmp_path: Path) -> None:
    out = tmp_path / "out"
    state = hand_over(cases_of(home), approved(home), out)
    (event,) = [e for e in cases_of(home).events(referral.KIND, state.id) if isinstance(e, ReferralHandedOver)]
    assert event.files == {path.name: sha256(path.read_bytes()).hexdigest() for path in out.iterdir()}
    assert len(event.files) == 4
    size = read_checkpoint(event.checkpoint).checkpoint.size
    packs = [check_pack(path) for path in out.glob("*.zip")]
    assert {proved.suspicion_id for proved in packs} == {CASH, LATE}
    assert all(proved.checkpoint.size <= size for proved in packs)
    with zipfile.ZipFile(out / f"证据包-{CASH}.zip") as pack:
        found = msgspec.json.decode(pack.read("finding.json"))["suspicion"]
        names = pack.namelist()
    assert (found["suspicion_id"], [each["event_id"] for each in found["evidence"]]) == (CASH, [line(2), line(5)])
    assert "rule/A01/rule.sql" in names
    assert not [name for name in names if name.startswith("attachments/")]


def test_the_case_file_tells_subject_story_money_law_answers_and_evidence(home: Home, tmp_path: Path) -> None:
    out = tmp_path / "out"
    state = hand_over(cases_of(home), approved(home), out)
    printed = text_of((out / f"问题线索移送书-{state.id}.pdf").read_bytes())
    written = words_of((out / f"问题线索移送书-{state.id}.docx").read_bytes())
    said = (
        "税移〔2026〕1号", "英吉沙县纪委监委", "国家税务总局英吉沙县税务局", "艾*", "V01", "萨罕镇", "收取现金400.00元",
        "未见缴费", "缴费迟7天", "现金已于2025-11-20退还", "《征收管理办法（试行）》第29条", "属实", line(2), line(3),
        "本件人员信息已脱敏", SEALED,
    )  # fmt: skip
    for text in (printed, written):
        assert [each for each in said if each not in text] == []
        assert [each for each in (COLLECTOR, PAYER, number(90), *SAID.values()) if each in text] == []


def test_people_are_named_only_with_a_reason_which_is_printed_and_recorded(home: Home, tmp_path: Path) -> None:
    before = len(home.ledger.of_type("access"))
    state = hand_over(cases_of(home, "wang"), approved(home), tmp_path / "out", NAMED)
    text = words_of((tmp_path / "out" / f"问题线索移送书-{state.id}.docx").read_bytes())
    said = (COLLECTOR, PAYER, number(90), *SAID.values(), "张三、李四", f"理由：{NAMED}")
    assert [each for each in said if each not in text] == []
    looks = [home.ledger.event(row) for row in home.ledger.of_type("access")[before:]]
    own = [look for look in looks if isinstance(look, AccessRecorded) and look.purpose == CASEWORK]
    assert {(look.envelope.actor, look.reason) for look in own} == {("wang", NAMED)}
    assert {"name", "number", "statement", "scan"} <= {look.kind for look in own}
    scan = f"attachments/{sha256(SCAN).hexdigest()}.pdf"
    with zipfile.ZipFile(tmp_path / "out" / f"证据包-{CASH}.zip") as pack:
        assert pack.read(scan) == SCAN
    assert check_pack(tmp_path / "out" / f"证据包-{CASH}.zip").exported.pack[scan] == sha256(SCAN).hexdigest()


def test_what_came_of_it_is_an_outcome_of_every_suspicion_and_closes_none(home: Home, tmp_path: Path) -> None:
    identifier = approved(home, CASH)
    hand_over(cases_of(home), identifier, tmp_path / "out")
    with pytest.raises(Malformed, match="lies between"):
        referring.take(cases_of(home, "jiwei"), identifier, TODAY + timedelta(days=1))
    referring.take(cases_of(home, "jiwei"), identifier)
    with pytest.raises(Malformed):
        referring.end(cases_of(home, "jiwei"), identifier, Result("guilty"))
    state = referring.end(cases_of(home, "jiwei"), identifier, Result("confirmed", amount_fen=40_000, note="立案"))
    assert (state.state, state.outcome, state.amount_fen) == ("ended", "confirmed", 40_000)
    outcomes = [home.ledger.event(row) for row in home.ledger.of_type("outcomes")]
    found = [each for each in outcomes if isinstance(each, OutcomeRecorded) and each.source == "inspection"]
    assert [(each.suspicion_id, each.outcome, each.amount_fen) for each in found] == [(CASH, "confirmed", 40_000)]
    assert state_of(home) == "referred"
    with pytest.raises(IllegalMove):
        referring.end(cases_of(home, "jiwei"), identifier, Result("cleared"))


@pytest.fixture(scope="module")
def found_sums(tmp_path_factory: pytest.TempPathFactory) -> dict[str | None, Sum]:
    """Return the sums of all five lines by line."""
    folder = shutil.copytree(answered_folder(tmp_path_factory.getbasetemp()), tmp_path_factory.mktemp("money") / "home")
    with Home.open(folder) as home:
        models = ReadModels(home.read_models, home.ledger)
        build_world(models.connection, models.position, AS_OF)
        found = sums(models.connection, "653123", [line(n) for n in range(1, 6)])
        models.close()
    return {each.line_record: each for each in found}


def test_every_line_in_evidence_is_one_sum_with_what_it_met(found_sums: dict[str | None, Sum]) -> None:
    met = {
        name: (each.payment_record, each.posted_on, each.entitlement_record) for name, each in found_sums.items()
    }
    assert met == {
        "R001": ("P001", date(2025, 11, 5), "E001"),
        "R002": (None, None, None),
        "R003": ("P003", date(2025, 11, 12), None),
        "R004": ("P004", None, None),
        "R005": (None, None, None),
    }
    assert found_sums["R005"].returned_on == date(2025, 11, 20)


def test_a_voided_payment_is_shown_as_that(home: Home) -> None:
    cases = cases_of(home)
    with described(cases, [cases.suspicion(CASH)], WHY, queries=[QUERY]) as told:
        (one,) = money_of(told.names, "653123", ["payments:tax-core:P006@1"])
    assert one.about.endswith("该笔缴费已于2025-11-04冲正")
    assert gaps(one) == ("无现金登记", "未见入库", "未见权益")


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({"paid_by": "payer"}, "由本人缴费，不经代收人现金"), ({"is_by_card": True}, "在专用POS机刷卡缴费，不经现金"),
        ({}, ""), ({"paid_by": "payer", "posted_on": None}, ""),
    ],
)  # fmt: skip
def test_a_payment_without_cash_is_explained_only_where_a_record_shows_it_and_nothing_else_is_missing(
    found_sums: dict[str | None, Sum], known: dict[str, object], told: str
) -> None:
    cash = {"line_record": None, "received_on": None, "line_fen": None, "state": None}
    assert explained(msgspec.structs.replace(found_sums["R001"], **cash, **known)) == told


def test_gaps_of_money_are_marked_and_cash_given_back_is_explained(home: Home) -> None:
    cases = cases_of(home)
    with described(cases, [cases.suspicion(CASH)], WHY, queries=[QUERY]) as told:
        by_line = {each.receipt.record: each for each in money_of(told.names, "653123", [line(n) for n in range(1, 6)])
                   if each.receipt is not None}  # fmt: skip
    marked = {name: gaps(each) for name, each in by_line.items()}
    assert marked == {
        "R001": (),
        "R002": ("未见缴费", "未见入库", "未见权益"),
        "R003": ("未见权益", "缴费迟7天"),
        "R004": ("缴费少20.00元", "未见入库", "未见权益"),
        "R005": (),
    }
    assert by_line["R002"].about.startswith("买*，")
    assert by_line["R005"].explained == "现金已于2025-11-20退还"


def test_a_referral_goes_its_whole_way_on_the_command_line(folder: Path, tmp_path: Path) -> None:
    own = ("--home", folder)
    made = run(*own, "--as", "li", "referrals", "prepare", CASH, "--reason", WHY)
    assert (made.code, made.out.strip()) == (0, FIRST), made.err
    assert run(*own, "--as", "li", "referrals", "approve", FIRST).code == 2
    assert run(*own, "--as", "wang", "referrals", "approve", FIRST).code == 0
    out = tmp_path / "case"
    handed = run(*own, "--as", "li", "referrals", "hand-over", FIRST, "--out", out)
    assert handed.code == 0, handed.err
    assert run("--home", folder, "verify", out / f"证据包-{CASH}.zip").code == 0
    assert run(*own, "--as", "jiwei", "referrals", "take", FIRST).code == 0
    ended = run(*own, "--as", "jiwei", "referrals", "end", FIRST, "--outcome", "confirmed", "--amount", "400")
    assert ended.code == 0, ended.err
    (shown,) = msgspec.json.decode(run(*own, "referrals", "list", "--json").out)
    assert (shown["id"], shown["state"], shown["outcome"], shown["amount"]) == (FIRST, "ended", "confirmed", "400.00")
