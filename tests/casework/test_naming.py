"""What names are opened with: one bearer of a name, however many a county has, and no other word where one is gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from casework.cases.referral_money import money_of
from casework.lists.draw import TownshipList
from casework.naming import VaultNames
from casework.persons import ERASE, RESTRICT
from casework.workbook.material import read_material
from casework.workbook.names import ERASED, RESTRICTED
from casework.workbook.wording import Wording, masks_of
from domain.cases.access import AccessRecorded
from ledger.home import Home
from projections.as_of import build_world
from projections.models import ReadModels
from tests.county import NOON, VILLAGE, data_folder, number, payment, receipt, take
from tests.persons import decided
from tests.risk.scoring.rows import finding, scored

COMMON, RARE = "买买提", "阿依古丽"
BEARERS = range(1, 31)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home where thirty payers and two collectors have one name, and one payer another."""
    payments = [payment(f"P{n}", n, payer_name=COMMON) for n in BEARERS]
    collectors = [
        {"record_id": f"C{n}", "name": COMMON, "id_number": number(n), "role": "village-agent", "division": VILLAGE,
         "appointed_on": "2024-09-01"}
        for n in (51, 52)
    ]  # fmt: skip
    receipts = [receipt("R1", 40, payer_name=RARE)]
    data = data_folder(tmp_path / "data", payments=payments, cash_receipts=receipts, collectors=collectors)
    with closing(Home.open(tmp_path / "home")) as opened:
        report = take(opened, data)
        assert not report.refused, report.as_json()
        yield opened


@contextmanager
def names_of(home: Home) -> Iterator[VaultNames]:
    models = ReadModels(home.read_models, home.ledger)
    try:
        build_world(models.connection, models.position, NOON.date())
        yield VaultNames(home, models.connection, actor="an", reason="考核")
    finally:
        models.close()


def persons(home: Home, *sequences: int) -> set[str]:
    return {home.tokens.identity(number(sequence)) for sequence in sequences}


def looked_at(home: Home) -> list[set[str]]:
    events = (home.ledger.event(recorded) for recorded in home.ledger.of_type("access"))
    return [set(event.subjects) for event in events if isinstance(event, AccessRecorded)]


def test_a_common_name_is_opened_by_one_payer_and_every_collector_who_has_it(home: Home) -> None:
    common, rare = home.tokens.name(COMMON), home.tokens.name(RARE)
    with names_of(home) as names:
        assert names.clear([common, rare], "name") == {common: COMMON, rare: RARE}
    (seen,) = looked_at(home)
    payers = persons(home, *BEARERS)
    assert seen & payers == {max(payers)}
    assert seen - payers == persons(home, 40, 51, 52) | {f"name:{common}", f"name:{rare}"}


def test_a_name_is_shown_whoever_of_its_bearers_is_withheld(home: Home) -> None:
    common = home.tokens.name(COMMON)
    first, second, *_ = sorted(persons(home, *BEARERS), reverse=True)
    decided(home, first, ERASE, NOON)
    decided(home, second, RESTRICT, NOON)
    with names_of(home) as names:
        assert names.masked([common], "name") == {common: "买*"}
    assert {first, second}.isdisjoint(set().union(*looked_at(home)))


def test_where_the_bearer_has_nothing_in_the_vault_the_others_are_asked(home: Home) -> None:
    common = home.tokens.name(COMMON)
    payers = persons(home, *BEARERS)
    for person in (max(payers), *persons(home, 51, 52)):
        home.vault.erase(person)
    with names_of(home) as names:
        assert names.clear([common], "name") == {common: COMMON}
    first, second = looked_at(home)
    assert second == payers - first


def test_a_name_all_of_whose_bearers_are_gone_says_so_and_an_unknown_one_nothing(home: Home) -> None:
    rare, unknown = home.tokens.name(RARE), home.tokens.name("无此人")
    (person,) = persons(home, 40)
    decided(home, person, ERASE, NOON)
    with names_of(home) as names:
        assert names.clear([rare, unknown], "name") == {rare: ERASED}


def test_a_withheld_payer_is_not_named_by_another_bearer_of_the_name_beside_the_money(home: Home) -> None:
    (person,) = persons(home, 2)
    decided(home, person, ERASE, NOON)
    with names_of(home) as names:
        told = [each.about for each in money_of(names, "653123", [f"payments:tax-core:P{n}@1" for n in (1, 2)])]
    assert told == ["买*，城乡居民基本医疗保险2026年", f"{ERASED}，城乡居民基本医疗保险2026年"]


@pytest.mark.parametrize(("decision", "word"), [(ERASE, ERASED), (RESTRICT, RESTRICTED)])
def test_a_withheld_collector_is_not_named_by_another_bearer_of_the_name(
    home: Home, decision: str, word: str
) -> None:
    (person,) = persons(home, 51)
    decided(home, person, decision, NOON)
    items = scored(*(finding(subject_id=hand, evidence=["cash-receipts:unnamed:R1@1"]) for hand in ("C51", "C52")))
    township = TownshipList("653123", "653123103", tuple(items), 0)
    with names_of(home) as names:
        material = read_material(names.world, [township])
        wording = Wording(material, masks_of([township], material, names), {})
        told = {item.subject_id: wording.subject(item).partition("（编号")[0] for item in items}
    assert told == {"C51": f"代收人 {word}", "C52": "代收人 买*"}
