"""Versions of rules: what may follow what, who may, and that the same again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from casework.overtaken import Overtaken
from casework.rule_life import moving
from casework.rule_life.choosing import runnable
from casework.rule_life.overview import lives
from casework.rule_life.standing import standing_rules
from domain.cases.moves import IllegalMove
from domain.errors import Malformed, NotFound, Refused
from ledger.home import Home
from ledger.log import StoredRow
from risk.catalogue.commands import check_folder
from risk.catalogue.rule import load
from tests.casework.rule_life.made import cases_of, on_trial, recorded, rule_folder


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home.open(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return rule_folder(tmp_path)


def test_what_is_shipped_counts_without_any_event(home: Home) -> None:
    standing = standing_rules(home)
    assert [rule.id for rule in standing.counted.rules] == [rule.id for rule in load().rules]
    assert (standing.trials, standing.retired, standing.own, home.ledger.head()) == ((), (), {}, 0)


def test_the_rule_of_these_tests_is_sound(folder: Path) -> None:
    assert check_folder(folder) == []


def test_a_submitted_version_is_kept_whole_and_runs_nowhere(home: Home, folder: Path) -> None:
    submitted = moving.submit(cases_of(home), runnable(home, str(folder), {"days": 5}))
    (life,) = lives(home, "X01")
    assert [(each.name, each.state, each.values, each.submitted_by) for each in life.versions] == [
        (submitted.name, "draft", {"days": 5.0}, "li")
    ]
    for file in folder.iterdir():
        assert runnable(home, submitted.name, {}).files[file.name] == file.read_bytes()
    assert runnable(home, submitted.name, {}).rule.defaults == {"days": 5}
    standing = standing_rules(home)
    assert "X01" not in [rule.id for rule in standing.counted.rules]
    assert standing.trials == ()


def test_the_same_version_again_writes_nothing(home: Home, folder: Path) -> None:
    first = moving.submit(cases_of(home), runnable(home, str(folder), {}))
    head = home.ledger.head()
    again = moving.submit(cases_of(home, "wang"), runnable(home, str(folder), {}))
    assert (again.name, again.fresh, home.ledger.head()) == (first.name, False, head)


def test_another_value_or_another_word_is_another_version(home: Home, folder: Path, tmp_path: Path) -> None:
    names = {runnable(home, str(folder), values).name for values in ({}, {"days": 5.0}, {"days": 6.0})}
    (folder / "rule.sql").write_text((folder / "rule.sql").read_text("utf-8") + "\n", "utf-8")
    assert len(names | {runnable(home, str(folder), {}).name}) == 4


@pytest.mark.parametrize(("values", "said"), [({"dais": 5}, "days"), ({"days": 31}, "30"), ({"days": 1.5}, "whole")])
def test_a_value_that_the_rule_does_not_take_is_malformed(
    home: Home, folder: Path, values: dict[str, float], said: str
) -> None:
    with pytest.raises(Malformed, match=said):
        runnable(home, str(folder), values)


def test_a_draft_must_go_on_trial_before_it_counts(home: Home, folder: Path) -> None:
    name = moving.submit(cases_of(home), runnable(home, str(folder), {})).name
    with pytest.raises(IllegalMove, match="a draft"):
        moving.promote(cases_of(home, "wang"), name, "none", "why")
    moving.start_trial(cases_of(home), "X01")
    with pytest.raises(IllegalMove, match="on trial"):
        moving.start_trial(cases_of(home), name)


def test_promotion_without_a_backtest_is_refused(home: Home, folder: Path) -> None:
    on_trial(home, folder)
    with pytest.raises(NotFound, match="backtest"):
        moving.promote(cases_of(home, "wang"), "X01", "X01-0000000000-00000000", "why")


def test_promotion_by_who_proposed_it_is_refused(home: Home, folder: Path) -> None:
    on_trial(home, folder)
    with pytest.raises(Refused, match="two different persons"):
        moving.promote(cases_of(home, "LI"), "X01", "X01-0000000000-00000000", "why")


def test_a_retired_rule_runs_no_more_and_can_only_begin_again(home: Home) -> None:
    assert retired(home, "a01") == "shipped"
    standing = standing_rules(home)
    assert standing.retired == ("A01",)
    assert "A01" not in [rule.id for rule in standing.counted.rules]
    assert standing.known["A01"].card.title.en == "Cash not paid in"
    with pytest.raises(NotFound):
        moving.retire(cases_of(home), "A01", "再来")
    name = moving.submit(cases_of(home), runnable(home, "A01", {})).name
    assert moving.start_trial(cases_of(home), "A01") == name
    assert [version.name for version in standing_rules(home).trials] == [name]


def test_a_rule_that_counts_runs_on_until_somebody_else_agrees_to_its_retirement(home: Home) -> None:
    assert moving.retire(cases_of(home), "A01", "太多误报") == ("shipped", True)
    standing = standing_rules(home)
    assert (standing.retired, standing.retiring) == ((), ("A01",))
    assert "A01" in [rule.id for rule in standing.counted.rules]
    with pytest.raises(Refused, match="two different persons"):
        moving.agree_to_retire(cases_of(home, "LI"), "A01")
    assert moving.agree_to_retire(cases_of(home, "wang"), "A01") == "shipped"
    standing = standing_rules(home)
    assert (standing.retired, standing.retiring) == (("A01",), ())


def test_nobody_agrees_to_what_nobody_proposed_or_what_was_withdrawn(home: Home) -> None:
    with pytest.raises(Refused, match="waits for consent"):
        moving.agree_to_retire(cases_of(home, "wang"), "A01")
    with pytest.raises(Refused, match="waits for consent"):
        moving.keep_active(cases_of(home, "wang"), "A01", "不停")
    moving.retire(cases_of(home), "A01", "太多误报")
    with pytest.raises(Malformed):
        moving.keep_active(cases_of(home), "A01", " ")
    assert moving.keep_active(cases_of(home, "wang"), "A01", "抽查属实") == "shipped"
    assert standing_rules(home).retiring == ()
    with pytest.raises(Refused, match="waits for consent"):
        moving.agree_to_retire(cases_of(home, "wang"), "A01")


def test_a_proposed_retirement_ends_with_the_version_that_it_was_of(home: Home) -> None:
    moving.retire(cases_of(home), "A03", "太多误报")
    name = moving.submit(cases_of(home), runnable(home, "A03", {"min_days": 9})).name
    moving.start_trial(cases_of(home), name)
    moving.promote(cases_of(home, "wang"), name, recorded(home, name), "阈值")
    assert standing_rules(home).retiring == ()
    with pytest.raises(Refused, match="waits for consent"):
        moving.agree_to_retire(cases_of(home, "wang"), "A03")


def test_a_draft_or_a_trial_is_ended_by_one(home: Home, folder: Path) -> None:
    name = on_trial(home, folder)
    assert moving.retire(cases_of(home), "X01", "不成熟") == (name, False)
    assert standing_rules(home).trials == ()


def test_a_rule_retired_by_one_before_two_were_needed_stays_retired(home: Home) -> None:
    stored = Path("tests/ledger/stored/rule.Retired.v1.json").read_bytes().replace(b"A01-1a2b3c4d5e", b"shipped")
    home.ledger.append([StoredRow("rules:mingzhang:A01", 1, "rule.Retired.v1", stored)])
    assert standing_rules(home).retired == ("A01",)


def retired(home: Home, rule: str) -> str:
    moving.retire(cases_of(home), rule, "太多误报")
    return moving.agree_to_retire(cases_of(home, "wang"), rule)


def test_a_note_is_needed_and_does_not_stand_in_the_ledger(home: Home) -> None:
    with pytest.raises(Malformed):
        moving.retire(cases_of(home), "A01", "  ")
    moving.retire(cases_of(home), "A01", "古丽说不用了")
    assert all("古丽".encode() not in row.state for row in home.ledger.read(0, 100))


def test_promotion_needs_a_backtest_of_this_very_version_that_could_judge(home: Home, folder: Path) -> None:
    name = on_trial(home, folder)
    other, empty = recorded(home, "X01-0123456789"), recorded(home, name, "not-enough-data: no payments")
    for identifier, said in ((other, "not of"), (empty, "enough data")):
        with pytest.raises(Refused, match=said):
            moving.promote(cases_of(home, "wang"), name, identifier, "why")
    own = recorded(home, name)
    assert moving.promote(cases_of(home, "wang"), "X01", own, "试运行两期都对") == name
    standing = standing_rules(home)
    assert standing.counted["X01"].card.status == "active"
    with pytest.raises(NotFound):
        moving.promote(cases_of(home, "wang"), "X01", own, "再来")
    (life,) = lives(home, "X01")
    assert (life.active, life.backtests) == (name, (other, empty, own))


def test_a_promoted_version_replaces_the_one_that_counted_and_keeps_its_values_above_the_policy(home: Home) -> None:
    name = moving.submit(cases_of(home), runnable(home, "A03", {"min_days": 9})).name
    moving.start_trial(cases_of(home), name)
    moving.promote(cases_of(home, "wang"), name, recorded(home, name), "阈值")
    (life,) = lives(home, "A03")
    assert [(each.name, each.state, each.by) for each in life.versions] == [
        (name, "active", ""), ("shipped", "retired", name)
    ]  # fmt: skip
    standing = standing_rules(home)
    assert standing.counted["A03"].defaults["min_days"] == 9
    policy = {"653123": {"A03": {"min_days": 4.0, "other": 1.0}, "A01": {"open_wd": 2.0}}}
    assert standing.thresholds(policy) == {"653123": {"A03": {"other": 1.0}, "A01": {"open_wd": 2.0}}}
    assert policy["653123"]["A03"]["min_days"] == 4.0


def test_of_two_promotions_at_once_one_version_counts(home: Home, folder: Path) -> None:
    names = [
        moving.submit(cases_of(home), runnable(home, str(folder), {"days": days})).name for days in (4.0, 5.0, 6.0)
    ]
    tests = {moving.start_trial(cases_of(home), name): recorded(home, name) for name in names}

    def promoted(name: str) -> bool:
        try:
            return moving.promote(cases_of(home, "wang"), name, tests[name], "同时") == name
        except Overtaken:
            return False

    with ThreadPoolExecutor(len(names)) as pool:
        done = [name for name, well in zip(names, pool.map(promoted, names), strict=True) if well]
    (life,) = lives(home, "X01")
    assert life.active in done
    assert [version.name for version in life.versions if version.state == "active"] == [life.active]
    assert {version.name for version in life.versions if version.state == "trial"} == set(names) - set(done)
