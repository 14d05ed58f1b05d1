"""The commands of a rule's life as somebody runs them: exit codes, and what they print."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.home import Home
from tests.casework.rule_life.made import fill, on_trial, rule_folder
from tests.program import Ran, run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a little data, and the folder of a county's own rule beside it."""
    path = tmp_path_factory.mktemp("life")
    rule_folder(path)
    with Home.open(path / "home") as home:
        fill(home, path)
    return path


def kept(folder: Path) -> list[Path]:
    return list((folder / "home" / "objects").glob("*"))


def rules(folder: Path, actor: str, *arguments: str | Path) -> Ran:
    return run("--home", folder / "home", "--as", actor, "rules", *arguments)


def test_a_rule_goes_from_draft_to_active_by_two_persons(folder: Path) -> None:
    submitted = rules(folder, "li", "submit", folder / "X01_cash_kept")
    name = submitted.out.strip()
    assert (submitted.code, name.startswith("X01-")) == (0, True)
    assert rules(folder, "li", "trial", "X01").out.strip() == name
    tried = rules(folder, "li", "backtest", "X01", "--from", "2026-01-25", "--to", "2026-01-25", "--json")
    told = json.loads(tried.out)
    assert (tried.code, told["name"], told["subjects"], len(told["gained_examples"])) == (0, name, 3, 3)
    promoted = rules(folder, "wang", "promote", "X01", "--backtest", told["id"], "--note", "试运行无误")
    assert promoted.code == 0
    (life,) = json.loads(rules(folder, "wang", "life", "X01", "--json").out)
    assert (life["active"], life["backtests"]) == (name, [told["id"]])


def test_an_unfit_folder_is_listed_and_kept_nowhere(folder: Path, tmp_path: Path) -> None:
    unfit = rule_folder(tmp_path)
    (unfit / "rule.sql").write_text("SELECT now() AS county", encoding="utf-8")
    done = rules(folder, "li", "submit", unfit, "--set", "days=9")
    assert done.code == 1
    assert "rule.sql:1 clock" in done.out
    assert all(content.read_bytes() != (unfit / "rule.sql").read_bytes() for content in kept(folder))


def test_a_rule_is_retired_by_two_persons_each_at_their_own_command(folder: Path) -> None:
    proposed = rules(folder, "li", "retire", "A02", "--note", "误报太多")
    assert (proposed.code, "rules agree A02" in proposed.err) == (0, True)
    assert "waits for consent" in rules(folder, "wang", "life").out
    assert rules(folder, "LI", "agree", "A02").code == 2
    assert rules(folder, "wang", "withdraw", "A02", "--note", "先抽查").code == 0
    assert rules(folder, "wang", "agree", "A02").code == 2
    rules(folder, "li", "retire", "A02", "--note", "误报太多")
    assert rules(folder, "wang", "agree", "A02").code == 0
    (life,) = json.loads(rules(folder, "wang", "life", "A02", "--json").out)
    assert (life["active"], life["versions"][0]["state"]) == ("", "retired")


def test_a_rule_on_trial_that_fails_is_told_and_the_screening_goes_on(tmp_path: Path) -> None:
    unfit = rule_folder(tmp_path)
    query = unfit / "rule.sql"
    query.write_text(query.read_text("utf-8").replace("CAST($days AS DOUBLE)", "CAST(collector_id AS DOUBLE)"), "utf-8")
    with Home.open(tmp_path / "home") as home:
        fill(home, tmp_path)
        name = on_trial(home, unfit)
    done = run("--home", tmp_path / "home", "screen", "--out", tmp_path / "out", "--as-of", "2026-01-25")
    assert (done.code, f"the rule on trial {name} failed" in done.err) == (1, True), done.err
    account = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert account["trials"][name].startswith("failed: ")
    assert [rule for rule, outcome in account["rules"].items() if outcome.startswith("failed")] == []
    assert (tmp_path / "out" / "suspicions.jsonl").read_text("utf-8")
    assert f"<b>{name}</b>" in (tmp_path / "out" / "report.html").read_text("utf-8")
