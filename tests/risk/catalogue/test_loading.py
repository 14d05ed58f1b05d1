"""Reading the catalogue from its folders."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from risk.catalogue.commands import check_rules, list_rules, show_rule
from risk.catalogue.lock import accept
from risk.catalogue.places import line_of
from risk.catalogue.rule import MalformedRule, UnknownRule, load, read_rule
from risk.catalogue.steps import steps_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.risk.catalogue.conftest import Folder


def test_rules_come_sorted_by_id_without_a_registry(folder: Folder) -> None:
    other = folder.rules / "A99_other"
    folder.write(other)
    card = (other / "rule.toml").read_text("utf-8").replace('id = "X01"', 'id = "A99"')
    (other / "rule.toml").write_text(card, "utf-8")
    assert [rule.id for rule in load(folder.rules).rules] == ["A99", "X01"]


def test_an_empty_or_missing_folder_holds_no_rules(tmp_path: Path) -> None:
    assert load(tmp_path).rules == ()
    assert load(tmp_path / "nowhere").rules == ()


def test_a_rule_carries_its_text_its_hash_and_its_steps(folder: Folder) -> None:
    rule = load(folder.rules)["X01"]
    assert rule.sha256 == hashlib.sha256((folder.rule / "rule.sql").read_bytes()).hexdigest()
    assert rule.defaults == {"days": 3}
    assert [(step.name, step.comment, step.line) for step in rule.steps] == [
        ("unpaid", "register lines without a payment", 2)
    ]


def test_a_comment_before_or_after_the_name_is_the_steps() -> None:
    sql = "WITH\n-- the cash\na AS (\nSELECT '一\n二' AS x\n),\n-- the rest\nb AS ( -- of it\nSELECT 2\n) SELECT 1"
    assert [(step.name, step.comment, step.line) for step in steps_of(sql)] == [
        ("a", "the cash", 3),
        ("b", "the rest of it", 8),
    ]
    assert steps_of(sql)[0].upto.endswith("AS x\n)")
    assert steps_of("SELECT 1") == ()


def test_an_unknown_rule_is_refused_by_name(folder: Folder) -> None:
    with pytest.raises(UnknownRule, match="no rule Z99"):
        load(folder.rules)["Z99"]


def test_an_unknown_key_is_an_error_with_file_and_line(folder: Folder) -> None:
    folder.change("rule.toml", 'unit = "day"', 'unit = "day"\ncolour = "red"')
    with pytest.raises(MalformedRule) as caught:
        read_rule(folder.rule)
    assert (caught.value.file.name, caught.value.line) == ("rule.toml", 23)


@pytest.mark.parametrize("name", ["rule.sql", "rule.toml"])
def test_a_missing_file_is_an_error_that_names_it(folder: Folder, name: str) -> None:
    (folder.rule / name).unlink()
    with pytest.raises(MalformedRule) as caught:
        read_rule(folder.rule)
    assert caught.value.file.name == name


def test_only_rules_on_trial_and_active_run(folder: Folder) -> None:
    assert [rule.id for rule in load(folder.rules).running()] == ["X01"]
    for status, running in (("draft", 0), ("trial", 1), ("retired", 0)):
        text = (folder.rule / "rule.toml").read_text("utf-8")
        old = next(line for line in text.splitlines() if line.startswith("status"))
        folder.change("rule.toml", old, f'status = "{status}"')
        assert len(load(folder.rules).running()) == running


def test_the_deepest_place_that_can_be_found_is_the_line() -> None:
    text = "a = 1\n[[p]]\nname = 'x'\n[[p]]\nname = 'y'\nnote = { zh = 'z' }\n"
    assert line_of(text, ("p", 1, "note", "zh")) == 6
    assert line_of(text, ("p", 0, "missing")) == 2
    assert line_of(text, ("nowhere",)) == 1


def test_a_raised_version_is_accepted_and_an_unraised_one_is_not(folder: Folder) -> None:
    folder.change("rule.sql", "'high'", "'medium'", accepted=False)
    assert len(accept(read_rule(folder.rule))) == 1
    folder.change("rule.toml", "version = 1", "version = 2", accepted=False)
    assert [issue.check for issue in folder.issues()] == ["lock"]
    assert check_rules(folder.rules, folder.views, accept=True) == []
    assert folder.issues() == []


def test_a_rule_is_listed_and_shown_in_both_languages(folder: Folder) -> None:
    catalogue = load(folder.rules)
    assert [line.title for line in list_rules(catalogue)] == ["收现不缴"]
    assert [line.title for line in list_rules(catalogue, "en")] == ["Cash not paid"]
    page = show_rule(catalogue, "X01", "en")
    for part in ("# X01 Cash not paid", "## Innocent explanations", "paid by the payer", "| `days` | 3 |", "```sql"):
        assert part in page
    assert "## 正当情形\n\n- 本人已缴 (证明: 缴费凭证; 排除)" in show_rule(catalogue, "X01")
