"""The model's commands on a home: trained once, used by the next screening, told, compared, refused when changed."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from casework.accounts import DriftAccount
from domain.cases.model import ModelTrained
from domain.cases.screening import ScreeningRun
from ledger.home import Home
from simulation.county import write_county
from tests.program import results, run

pytestmark = pytest.mark.xdist_group("model")

PEOPLE, SEED = 2_000, 41


class Trained(NamedTuple):
    """A home that was screened without a model of its own, and then trained one."""

    data: Path
    home: Path
    before: Path
    """What the first screening wrote."""
    position: int
    model: str


class Judged(msgspec.Struct):
    """The key `model` of a suspicion."""

    id: str
    percentile: float


class Line(msgspec.Struct):
    """What is looked at of a suspicion."""

    suspicion_id: str
    score: float
    amount_at_risk: float
    subject_type: str
    subject_id: str
    model: Judged | None


class Run(msgspec.Struct):
    """What is looked at of run.json."""

    position: int
    model: str | None
    drift: DriftAccount


def account(out: Path) -> Run:
    return msgspec.json.decode((out / "run.json").read_bytes(), type=Run)


def suspicions(out: Path) -> list[Line]:
    lines = (out / "suspicions.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Line) for line in lines]


def judged(out: Path) -> list[tuple[Line, Judged]]:
    """Return the suspicions whose subjects were judged."""
    return [(line, line.model) for line in suspicions(out) if line.model is not None]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = tmp_path_factory.mktemp("model")
    data, home, before = folder / "data", folder / "home", folder / "before"
    write_county(data, PEOPLE, SEED)
    ran = run("screen", data, "--home", home, "--out", before)
    assert ran.code == 0, ran.err
    ran = run("model", "train", "--home", home, "--json")
    assert ran.code == 0, ran.err
    return Trained(data, home, before, account(before).position, json.loads(ran.out)["model"])


@pytest.fixture
def copied(trained: Trained, tmp_path: Path) -> Path:
    return shutil.copytree(trained.home, tmp_path / "home")


def test_a_training_is_an_event_with_its_card_and_the_same_training_again_adds_nothing(
    trained: Trained, copied: Path
) -> None:
    again = run("model", "train", "--home", copied, "--json")
    assert (again.code, json.loads(again.out)["model"]) == (0, trained.model)
    home = Home.open(copied)
    events = [home.ledger.event(row) for row in home.ledger.of_type("model")]
    home.close()
    (event,) = events
    assert isinstance(event, ModelTrained)
    assert event.model == trained.model
    assert event.card.counties == ("653123",)
    assert all(grain.rows >= 50 for grain in event.card.grains.values())
    assert (copied / "objects" / event.object).is_file()


def test_a_screening_without_a_model_trains_one_for_itself_and_names_it(trained: Trained) -> None:
    told = account(trained.before)
    assert told.drift.trained_in_this_run
    assert told.drift.judged > 0
    assert told.drift.problem == ""
    assert told.model == trained.model, "the same data, seed and day give the same model"
    models = [model for _, model in judged(trained.before)]
    assert models
    assert {model.id for model in models} == {told.model}
    assert all(0 <= model.percentile <= 100 for model in models)


def test_one_thread_other_hashes_and_no_home_give_the_same_percentiles(trained: Trained, tmp_path: Path) -> None:
    ran = run("screen", trained.data, "--out", tmp_path / "one", "--threads", "1", env={"PYTHONHASHSEED": "7"})
    assert ran.code == 0, ran.err
    ran = run("screen", trained.data, "--out", tmp_path / "two", "--threads", "2", env={"OMP_NUM_THREADS": "1"})
    assert ran.code == 0, ran.err
    assert results(tmp_path / "one") == results(tmp_path / "two")
    assert judged(tmp_path / "one")


def test_the_next_screening_uses_the_kept_model_and_one_at_the_old_position_does_not(
    trained: Trained, copied: Path, tmp_path: Path
) -> None:
    assert run("screen", "--home", copied, "--out", tmp_path / "now").code == 0
    now = account(tmp_path / "now")
    assert (now.model, now.drift.trained_in_this_run, now.drift.moved) == (trained.model, False, {})
    assert now.drift.compared > 0
    assert now.drift.rules_compared > 0
    home = Home.open(copied)
    last = home.ledger.event(home.ledger.of_type("screening")[-1])
    home.close()
    assert isinstance(last, ScreeningRun)
    assert last.model == trained.model

    other = run("model", "train", "--home", copied, "--seed", "5", "--json")
    name = json.loads(other.out)["model"]
    assert name != trained.model
    assert run("screen", "--home", copied, "--out", tmp_path / "other").code == 0
    assert account(tmp_path / "other").model == name
    position = str(trained.position)
    assert run("screen", "--home", copied, "--out", tmp_path / "then", "--position", position).code == 0
    assert results(tmp_path / "then") == results(trained.before)
    named = run("screen", "--home", copied, "--out", tmp_path / "named", "--model", trained.model[:8])
    assert named.code == 0, named.err
    assert account(tmp_path / "named").model == trained.model


def test_without_a_model_every_suspicion_stands_on_the_rules_alone(
    trained: Trained, copied: Path, tmp_path: Path
) -> None:
    assert run("screen", "--home", copied, "--out", tmp_path / "none", "--model", "none").code == 0
    alone, beside = suspicions(tmp_path / "none"), suspicions(trained.before)
    assert judged(tmp_path / "none") == []
    assert account(tmp_path / "none").model is None
    assert {line.suspicion_id for line in alone} == {line.suspicion_id for line in beside}
    scores = {line.suspicion_id: line.score for line in alone}
    for line in beside:
        factor = 1.0 if line.model is None else 1 + 0.1 * (line.model.percentile - 50) / 50
        money = min(1.0, max(400.0, float(line.amount_at_risk)) / 1_000_000) ** 0.25
        assert line.score == pytest.approx(min(scores[line.suspicion_id] * factor, money), abs=2e-5)


def test_show_tells_the_card_and_why_a_subject_stands_out(trained: Trained, copied: Path) -> None:
    card = run("model", "show", "--home", copied, "--language", "en")
    assert card.code == 0
    assert card.out.startswith(trained.model)
    assert "no verdict" in card.out
    best, standing = max(judged(trained.before), key=lambda each: each[1].percentile)
    subject = f"{best.subject_type}:{best.subject_id}".replace("card:", "account:")
    told = run("model", "show", "--home", copied, "--subject", subject, "--json")
    assert told.code == 0, told.err
    report = json.loads(told.out)
    assert report["percentile"] == standing.percentile
    assert 1 <= len(report["reasons"]) <= 4
    first = report["reasons"][0]
    assert first["peers"] >= 8
    assert first["alike"] <= 0.2
    assert first["evidence"]
    assert "先核实" in first["text"]["zh"]
    assert run("model", "show", "--home", copied, "--subject", subject).out.count("先核实") == len(report["reasons"])


def test_who_has_no_records_has_too_little_data(copied: Path) -> None:
    told = run("model", "show", "--home", copied, "--subject", "collector:nobody")
    assert (told.code, "too little data" in told.err) == (2, True)


def test_a_model_agrees_with_itself_and_nearly_with_another_seed(trained: Trained, copied: Path) -> None:
    same = json.loads(run("model", "compare", trained.model, "--home", copied, "--json").out)
    assert {one["rank_correlation"] for one in same["agreements"]} == {1.0}
    assert all(one["same_top"] == one["top"] for one in same["agreements"])
    run("model", "train", "--home", copied, "--seed", "5")
    other = json.loads(run("model", "compare", trained.model, "--home", copied, "--json").out)
    assert other["first"] == trained.model != other["second"]
    assert all(one["rank_correlation"] > 0.8 for one in other["agreements"])
    assert (other["only_first"], other["only_second"], other["other_features"]) == ([], [], [])


def test_drift_is_none_on_the_data_of_the_training(trained: Trained, copied: Path) -> None:
    told = json.loads(run("model", "drift", "--home", copied, "--json").out)
    assert told["model"] == trained.model
    assert told["moved"]
    assert {one["standing"] for one in told["moved"]} == {"stable"}


def test_a_changed_object_ends_with_3_and_an_unknown_model_with_2(
    trained: Trained, copied: Path, tmp_path: Path
) -> None:
    home = Home.open(copied)
    event = home.ledger.event(home.ledger.of_type("model")[0])
    home.close()
    assert isinstance(event, ModelTrained)
    file = copied / "objects" / event.object
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    ran = run("screen", "--home", copied, "--out", tmp_path / "out")
    assert (ran.code, "Traceback" in ran.err) == (3, False), ran.err
    assert not (tmp_path / "out" / "suspicions.jsonl").exists()
    unknown = run("model", "compare", "Mffff", "--home", copied)
    assert (unknown.code, "Mffff" in unknown.err, trained.model in unknown.err) == (2, True, True)


def test_too_little_data_to_train_is_said_and_nothing_is_kept(tmp_path: Path) -> None:
    write_county(tmp_path / "data", 60, 3)
    assert run("ingest", tmp_path / "data", "--home", tmp_path / "home").code == 0
    ran = run("model", "train", "--home", tmp_path / "home")
    assert (ran.code, "too little data" in ran.err) == (2, True), ran.err
    assert run("screen", "--home", tmp_path / "home", "--out", tmp_path / "out").code == 0
    assert account(tmp_path / "out").model is None
    assert run("model", "show", "--home", tmp_path / "home").code == 2


HEADING = "category,subject_type,subject_id,outcome,source,decided_on,township,selection_probability\n"


def test_outcomes_teach_the_next_training_and_the_card_tells_of_them(
    trained: Trained, copied: Path, tmp_path: Path
) -> None:
    lines = suspicions(trained.before)
    asked = sorted({(line.subject_type, line.subject_id) for line, _ in judged(trained.before)})
    assert len(asked) > 10
    home = Home.open(copied)
    kept = home.ledger.event(home.ledger.of_type("model")[0])
    home.close()
    assert isinstance(kept, ModelTrained)
    day = kept.card.as_of
    file = tmp_path / "outcomes.csv"
    said = [
        f"pocketed-cash,{kind},{subject},{'confirmed' if place % 2 else 'cleared'},self-check,{day},653123100,\n"
        for place, (kind, subject) in enumerate(asked)
    ]
    drawn = f"confirmed,spot-check,{day},653123100,1/4\n"
    checks = [f"pocketed-cash,{kind},{subject},{drawn}" for kind, subject in asked[:2]]
    late = f"pocketed-cash,collector,nobody,cleared,self-check,{day + timedelta(days=1)},653123100,\n"
    file.write_text("".join([HEADING, *said, *checks, late]), encoding="utf-8")
    ran = run("rules", "outcomes", "import", file, "--home", copied)
    assert ran.code == 0, ran.err
    ran = run("model", "train", "--home", copied, "--json")
    assert ran.code == 0, ran.err
    assert "1 outcomes were decided after" in ran.err
    taught = json.loads(ran.out)
    assert taught["model"] != trained.model
    metrics = taught["card"]["metrics"]
    assert (metrics["outcomes.self-check"], metrics["outcomes.spot-check"]) == (len(asked), 2)
    assert metrics["precision.653123.corrected.low"] <= metrics["precision.653123.corrected"]
    assert any(name.startswith("taught.") and name.endswith(".share") for name in metrics)
    shown = run("model", "show", "--home", copied, "--language", "en").out
    assert f"self-check {len(asked)}, spot-check 2" in shown
    assert "audit-corrected precision" in shown
    again = run("model", "train", "--home", copied, "--json")
    assert json.loads(again.out)["model"] == taught["model"]
    assert run("screen", "--home", copied, "--out", tmp_path / "out").code == 0
    assert account(tmp_path / "out").model == taught["model"]
    assert {line.suspicion_id for line in suspicions(tmp_path / "out")} == {line.suspicion_id for line in lines}
    then = run("model", "train", "--home", copied, "--position", str(trained.position), "--json")
    assert json.loads(then.out)["model"] == trained.model, "nothing was heard at the old position"


def test_a_county_too_small_for_a_model_is_told_how_many_rows_could_be_used(tmp_path: Path) -> None:
    """Its largest grain has more rows than a model needs, yet in too few of them enough is known."""
    write_county(tmp_path / "data", 400, 3)
    assert run("ingest", tmp_path / "data", "--home", tmp_path / "home").code in (0, 1)
    ran = run("model", "train", "--home", tmp_path / "home")
    told = re.search(r"the largest grain has (\d+) usable rows, (\d+) are needed", ran.err)
    assert ran.code == 2
    assert told is not None
    assert int(told[1]) < int(told[2])
