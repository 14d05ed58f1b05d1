"""Screenings with rules on trial, promoted and retired: what is recorded, and that a trial touches no suspicion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from casework.evidence.chosen import choose
from casework.rule_life import moving
from casework.runs import last_run
from casework.screening import Stopwatch, Wanted, screen
from ledger.home import Home
from tests.casework.rule_life.made import AS_OF, NOW, cases_of, fill, on_trial, recorded, rule_folder
from tests.program import Account
from tests.risk.catalogue.conftest import CARD


class Screenings(NamedTuple):
    """One county screened three times."""

    home: Home
    before: Path
    trial: Path
    """With X01 on trial."""
    after: Path
    """With X01 promoted and A01 retired."""
    name: str
    """The version of X01."""
    found: dict[str, str]
    """What the run's event says of rules on trial, with X01 on trial."""


def screened(home: Home, out: Path) -> Path:
    wanted = Wanted(out=out, actor="li", clock=lambda: NOW, as_of=AS_OF, model="none")
    screen(home, wanted, lambda zh, en: None, Stopwatch())
    return out


@pytest.fixture(scope="module")
def screenings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screenings]:
    folder = tmp_path_factory.mktemp("screenings")
    with Home.open(folder / "home") as home:
        fill(home, folder)
        before = screened(home, folder / "before")
        name = on_trial(home, rule_folder(folder))
        trial = screened(home, folder / "trial")
        found = last_run(home).event.trials
        moving.promote(cases_of(home, "wang"), name, recorded(home, name), "试运行无误")
        moving.retire(cases_of(home, "li"), "A01", "由 X01 代替")
        moving.agree_to_retire(cases_of(home, "wang"), "A01")
        yield Screenings(home, before, trial, screened(home, folder / "after"), name, found)


def test_a_trial_leaves_suspicions_offices_and_lists_as_they_are(screenings: Screenings) -> None:
    for name in ("suspicions.jsonl", "offices.jsonl"):
        assert (screenings.before / name).read_bytes() == (screenings.trial / name).read_bytes()
    lists = {path.relative_to(screenings.before) for path in screenings.before.glob("lists/*")}
    assert lists == {path.relative_to(screenings.trial) for path in screenings.trial.glob("lists/*")}
    assert "X01" not in (screenings.trial / "suspicions.jsonl").read_text(encoding="utf-8")


def test_what_a_trial_found_is_recorded_with_its_mark(screenings: Screenings) -> None:
    table = pq.read_table(screenings.trial / "findings.parquet")
    trial = table.filter(pc.field("rule") == "X01")
    assert set(trial.column("trial").to_pylist()) == {screenings.name}
    assert trial.column("subject_id").to_pylist() == ["C01", "C02", "C03"]
    assert table.filter(pc.field("rule") != "X01").column("trial").null_count == table.num_rows - 3
    account = json.loads((screenings.trial / "run.json").read_text(encoding="utf-8"))
    assert account["trials"] == screenings.found == {screenings.name: "found 3"}
    assert "X01" not in account["rules"]
    assert account["findings"] == json.loads((screenings.before / "run.json").read_text("utf-8"))["findings"]


def test_a_promoted_rule_counts_and_a_retired_one_is_named_as_such(screenings: Screenings) -> None:
    rules = Account(screenings.after).rules
    assert (rules["X01"], rules["A01"]) == ("found 3", "retired")
    lines = [json.loads(line) for line in (screenings.after / "suspicions.jsonl").read_text("utf-8").splitlines()]
    cash = [line["rules"] for line in lines if line["category"] == "pocketed-cash"]
    assert len(cash) == 3
    assert all("X01" in fired and "A01" not in fired for fired in cash)
    event = last_run(screenings.home).event
    assert event.rules["X01"].startswith("1:")
    assert "A01" not in event.rules
    assert event.parameters["653123"]["X01"] == {"days": 3}


def test_an_evidence_pack_has_the_countys_own_rule_and_no_finding_on_trial(screenings: Screenings) -> None:
    line = json.loads((screenings.after / "suspicions.jsonl").read_text(encoding="utf-8").splitlines()[0])
    chosen = choose(screenings.home, screenings.after, line["suspicion_id"])
    assert chosen.files["rule/X01/rule.toml"] == CARD.encode()
    before = json.loads((screenings.trial / "suspicions.jsonl").read_text(encoding="utf-8").splitlines()[0])
    shown = json.loads(choose(screenings.home, screenings.trial, before["suspicion_id"]).files["finding.json"])
    assert "X01" not in {row["rule"] for row in shown["findings"]}


def test_the_findings_are_kept_with_the_run(screenings: Screenings) -> None:
    kept = screenings.home.objects.get(last_run(screenings.home).event.found)
    assert kept == (screenings.after / "findings.parquet").read_bytes()
