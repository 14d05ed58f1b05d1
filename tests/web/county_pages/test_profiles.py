"""Profiles say what the rules make of a register: paid in, open and late, beside the others of the township."""

from __future__ import annotations

import html
import math
import re
import time
from collections.abc import Iterator

import pytest

from domain.errors import NotFound
from ledger.home import Home
from tests.casework.cases.made import TOWNSHIP
from tests.county import data_folder, payment, receipt, take
from tests.web.county import County, browser
from tests.web.county_pages.registered import NEXT, OTHER, OWN, VILLAGE, rows
from web.county.profiled import Collector, Terminal, Village, Wanted, figures, key, listed, one, rank_of
from web.county.reckoned import Reckoned
from web.county.registers import Filter, days, lines, townships
from web.frame.facts import Facts


@pytest.fixture(scope="module")
def reckoned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reckoned]:
    folder = tmp_path_factory.mktemp("profiles")
    with Home.open(folder / "home") as home:
        assert not take(home, data_folder(folder / "data", **rows())).refused
        facts = Facts(home)
        found = Reckoned(facts)
        yield found
        found.close()
        facts.close()


def test_a_collectors_money_is_paid_in_given_back_or_open(reckoned: Reckoned) -> None:
    with reckoned.look() as reckoning:
        found = one(reckoning, Collector, "C01", None)
        (season,) = figures(reckoning, "collector_seasons", "C01")
        balance = figures(reckoning, "collector_days", "C01")
    assert (found.lines, found.taken_fen, found.settled_fen, found.open_fen) == (4, 160_000, 80_000, 40_000)
    assert found.late_lines == 1
    assert (season["open_share"], season["late_share"], season["longest_wd"]) == (2500, 2500, 2)
    assert (season["peers"], season["peers_taken_fen"], season["peers_open_share"]) == (2, 40_000, 0)
    assert [each["open_fen"] for each in balance] == [120_000, 80_000, 40_000]
    assert sum(int(str(each["taken_fen"])) for each in balance) == found.taken_fen
    assert sum(int(str(each["settled_fen"])) for each in balance) == found.settled_fen
    assert sum(int(str(each["other_fen"])) for each in balance) == 40_000


def test_weeks_stand_beside_the_others_of_the_township_alone(reckoned: Reckoned) -> None:
    with reckoned.look() as reckoning:
        (week,) = figures(reckoning, "collector_weeks", "C01")
        (alone,) = figures(reckoning, "collector_weeks", "C09")
    assert (week["own_fen"], week["low_fen"], week["middle_fen"], week["high_fen"]) == (160_000, 40_000, 40_000, 80_000)
    assert (alone["own_fen"], alone["middle_fen"]) == (40_000, None)


def test_a_terminals_sales_are_explained_or_not(reckoned: Reckoned) -> None:
    with reckoned.look() as reckoning:
        found = one(reckoning, Terminal, "Q1", None)
        ways = {each["way"]: each["net_fen"] for each in figures(reckoning, "terminal_ways", "Q1")}
        by_day = figures(reckoning, "terminal_days", "Q1")
        unused = one(reckoning, Terminal, "Q2", None)
        (sale,) = figures(reckoning, "terminal_unexplained", "Q1")
    assert (found.sales, found.charged_fen, found.unexplained_fen, found.credit_fen) == (2, 120_000, 80_000, 120_000)
    assert ways == {"reference": 40_000, "": 80_000}
    assert [each["unexplained_fen"] for each in by_day] == [0, 80_000]
    assert sum(int(str(each["charged_fen"])) for each in by_day) == found.charged_fen
    assert (unused.keeper, unused.sales) == ("C02", 0)
    assert (sale["record_id"], sale["net_fen"], sale["card_kind"]) == ("J2", 80_000, "credit")


def test_a_village_knows_who_is_due_and_of_whom_nothing_came(reckoned: Reckoned) -> None:
    with reckoned.look() as reckoning:
        found = one(reckoning, Village, VILLAGE, None)
        (season,) = figures(reckoning, "village_seasons", VILLAGE)
    assert (found.due, found.uncollected, found.taken_fen, found.open_fen) == (5, 1, 160_000, 40_000)
    assert (season["uncollected_share"], season["peers_uncollected_share"], season["peers"]) == (2000, 0, 1)


def test_a_list_is_searched_narrowed_sorted_and_turned_by_key(reckoned: Reckoned) -> None:
    with reckoned.look() as reckoning:
        by_open = [each.id for each in listed(reckoning, Collector, Wanted(), 10)]
        turned, after = [], ""
        while page := listed(reckoning, Collector, Wanted(sort="taken", after=after), 1):
            turned += [each.id for each in page]
            after = key(page[-1], rank_of(Collector, "taken"))
        own = [each.id for each in listed(reckoning, Collector, Wanted(township=OTHER), 10)]
        named = [each.id for each in listed(reckoning, Village, Wanted(text="二村"), 10)]
        nobody = listed(reckoning, Terminal, Wanted(text="%"), 10)
    assert by_open == ["C01", "C02", "C03", "C09"]
    assert turned == ["C01", "C02", "C03", "C09"]
    assert (own, named, nobody) == (["C09"], [NEXT], [])


def test_one_of_another_township_does_not_exist_for_a_township(reckoned: Reckoned) -> None:
    with reckoned.look() as reckoning:
        assert one(reckoning, Collector, "C09", OTHER).id == "C09"
        with pytest.raises(NotFound):
            one(reckoning, Collector, "C09", OWN)


def test_the_register_by_day_comes_to_its_lines_and_a_township_without_one_is_named(reckoned: Reckoned) -> None:
    with reckoned.look() as reckoning:
        by_day, found = days(reckoning, OWN), lines(reckoning, OWN, Filter(), 100)
        still_open = lines(reckoning, OWN, Filter(state="open"), 100)
        known = {each.township: each for each in townships(reckoning)}
    assert sum(each.taken_fen for each in by_day) == sum(each.fen for each in found) == 280_000
    assert sum(each.open_fen for each in by_day) == sum(each.open_fen for each in found) == 40_000
    assert [each.record_id for each in still_open] == ["R4"]
    assert (known["653123102"].listed, known["653123102"].lines) == (1, 0)
    assert known[OWN].open_fen == 40_000


def test_what_comes_in_later_is_counted_at_the_next_look(own_county: County) -> None:
    service = own_county.app.state.service
    service.reckoned.patience_s = math.inf
    with service.reckoned.look() as reckoning:
        before = one(reckoning, Collector, "C01", None).open_fen
    late = payment("P9", 2, channel="cash", collector_id="C01", paid_at="2025-11-03 18:00")
    take(own_county.home, data_folder(own_county.home.folder.parent / "late", payments=[late]))
    with service.reckoned.look() as reckoning:
        after = one(reckoning, Collector, "C01", None).open_fen
        assert not reckoning.ahead
    assert before - after == 40_000
    _count_beside(own_county)
    service.reckoned.close()


def _count_beside(county: County) -> None:
    """Where counting takes long, who looks meanwhile sees what was counted before, and is told so."""
    reckoned = county.app.state.service.reckoned
    reckoned.patience_s = -1.0
    paid = payment("P10", 3, channel="cash", collector_id="C01", paid_at="2025-11-03 18:00")
    take(county.home, data_folder(county.home.folder.parent / "later", payments=[paid]))
    seen: list[tuple[bool, int]] = []
    while not seen or seen[-1][0]:
        with reckoned.look() as reckoning:
            seen.append((reckoning.ahead, one(reckoning, Collector, "C01", None).open_fen))
        time.sleep(0.05)
    assert seen[0][0]
    assert seen[0][1] - seen[-1][1] == 40_000


def test_who_looks_at_a_profile_sees_no_name_and_a_township_no_comparison(own_county: County) -> None:
    village = f"{TOWNSHIP}201"
    taken = [receipt(f"L{n}", 20 + n, collector_id=f"V0{n}", division=village) for n in (1, 2)]
    take(own_county.home, data_folder(own_county.home.folder.parent / "more", cash_receipts=taken))
    for user, compared in (("analyst", True), ("inspector", True), ("clerk", False)):
        text = browser(own_county, user).get("/collectors/V01").text
        assert "400.00" in text
        assert "买买提" not in text
        assert ("同乡镇中位数" in text) == compared
    neighbour = browser(own_county, "neighbour")
    assert neighbour.get("/collectors/V01").status_code == 404
    assert neighbour.get("/collectors/V01/days.csv").status_code == 404
    for path in ("/collectors", f"/collectors?township={TOWNSHIP}", "/collectors.csv"):
        assert "V01" not in neighbour.get(path).text


def test_suspicions_on_a_profile_are_those_that_who_looks_may_know_of(county: County) -> None:
    known = county.app.state.service.standing.look().suspicions.values()
    issued = [each for each in known if each.subject_type == "collector" and each.to == TOWNSHIP]
    hidden = [each for each in known if each.subject_type == "collector" and each.to != TOWNSHIP]
    path = f"/collectors/{issued[0].subject_id}"
    told = {user: browser(county, user).get(path).text for user in ("analyst", "clerk")}
    for each in issued:
        assert (f"/suspicions/{each.suspicion_id}" in told["analyst"]) == (each.subject_id == issued[0].subject_id)
    for each in hidden:
        assert each.suspicion_id not in told["clerk"]
    assert issued[0].suspicion_id in told["clerk"]
    assert hidden


@pytest.mark.parametrize(
    ("user", "paths"),
    [
        ("analyst", ("/collectors/C01", "/reconciliation")),
        ("inspector", ("/reconciliation/records",)),
        ("clerk", ("/collectors/V01", f"/register/{TOWNSHIP}")),
    ],
)
def test_every_link_leads_where_who_looks_may_go(county: County, user: str, paths: tuple[str, ...]) -> None:
    client = browser(county, user)
    found: set[str] = set()
    for path in paths:
        shown = client.get(path)
        assert shown.status_code == 200
        main = shown.text.partition("<main")[2]
        found |= {html.unescape(each) for each in re.findall(r'href="(/[^"]*)"', main)}
    assert found
    assert {path: client.get(path).status_code for path in sorted(found)} == dict.fromkeys(sorted(found), 200)


@pytest.mark.parametrize("name", ["nobody", "a%2520b", "%2527%253B--"])
def test_an_id_that_there_is_not_is_not_found(county: County, name: str) -> None:
    for path in ("collectors", "terminals", "villages"):
        assert browser(county, "analyst").get(f"/{path}/{name}").status_code == 404
