"""A model that answers taught, through a home: trained, kept, loaded, judging subjects that nobody answered for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import skops.io
from numpy.typing import NDArray

from casework.kept_models import Used, kept_models
from casework.models import keep, loaded, trained
from domain.errors import Broken
from ledger.home import Home
from risk.anomaly.detector import TRUSTED
from risk.anomaly.learning.heard import Heard
from risk.anomaly.learning.taught import Taught
from risk.anomaly.model import AnomalyModel
from risk.anomaly.outcomes import KNOWN
from risk.anomaly.peers import Normalised
from risk.anomaly.ranking import Ranking
from risk.anomaly.reasons import explain
from risk.anomaly.storage import pack, unpack
from risk.anomaly.subjects import judge
from tests.risk.anomaly.learning.answered import Subjects, answers, subjects
from tests.risk.anomaly.learning.test_taught import rows
from tests.risk.anomaly.model.made import grain

AS_OF, NOW = date(2026, 3, 2), datetime(2026, 3, 2, 9, tzinfo=UTC)
SEED = 11
GRAIN = "collector-season"


def taught_by(found: Subjects, known: pa.Table) -> Used:
    """Return a model trained on a county whose townships answered so."""
    used = trained(rows(found), [grain()], 12, AS_OF, 7, Heard(known, {"self-check": known.num_rows}))
    assert used is not None
    return used


@pytest.fixture(scope="module")
def county() -> Subjects:
    return subjects(SEED)


@pytest.fixture(scope="module")
def alone(county: Subjects) -> Used:
    used = trained(rows(county), [grain()], 12, AS_OF, 7)
    assert used is not None
    return used


@pytest.fixture(scope="module")
def honest(county: Subjects) -> Used:
    return taught_by(county, answers(county, 0.0, SEED))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    opened = Home.open(tmp_path / "home")
    yield opened
    opened.close()


def stored(home: Home, used: Used, held_out: dict[str, Normalised]) -> Used:
    """Return the model kept in the home and loaded again, over other rows."""
    assert keep(home, used, "analyst", NOW)
    return loaded(home, kept_models(home)[-1], held_out)


def standing(used: Used) -> NDArray[np.float64]:
    """Return the subjects' percentiles, by id."""
    return judge(used.model, used.scored).column("percentile").to_numpy(zero_copy_only=False).astype(np.float64)


@pytest.mark.parametrize("denied", [0.0, 0.5, 0.8])
def test_a_kept_model_taught_by_denying_townships_judges_others_no_worse_than_one_that_was_not(
    home: Home, county: Subjects, alone: Used, denied: float
) -> None:
    used = taught_by(county, answers(county, denied, SEED))
    fresh = subjects(1000 + SEED, 4000)
    held_out = rows(fresh)
    ours = standing(stored(home, used, held_out))
    theirs = standing(alone._replace(scored=alone.model.score(held_out)))
    order = np.argsort([f"C{number}" for number in range(4000)])
    wrong, chance = fresh.wrong[order].astype(np.float64), np.random.default_rng(3)
    gains = []
    for _ in range(200):
        times = np.bincount(chance.integers(4000, size=4000), minlength=4000).astype(np.float64)
        gains.append(Ranking(ours).average_precision(wrong, times) - Ranking(theirs).average_precision(wrong, times))
    assert np.quantile(gains, 0.975) >= 0.0
    assert isinstance(used.model, Taught), "these answers are enough to let something in"
    assert np.mean(gains) > 0.0


def test_without_answers_it_is_the_model_that_it_was(county: Subjects, alone: Used) -> None:
    silent = trained(rows(county), [grain()], 12, AS_OF, 7, Heard(KNOWN.empty_table(), {}))
    assert silent is not None
    assert (silent.id, silent.card, type(silent.model)) == (alone.id, alone.card, AnomalyModel)
    assert silent.scored.equals(alone.scored)


def test_answers_that_are_too_few_are_told_on_the_card_and_change_no_score(county: Subjects, alone: Used) -> None:
    few = answers(county, 0.0, SEED)
    used = taught_by(county, few.filter([row["answer"] == "confirmed" for row in few.to_pylist()]).slice(0, 7))
    assert isinstance(used.model, AnomalyModel)
    assert used.scored.equals(alone.scored)
    assert (used.card.metrics[f"taught.{GRAIN}.found_wrong"], used.card.metrics[f"taught.{GRAIN}.share"]) == (7.0, 0.0)
    assert used.card.limits == alone.card.limits


def test_the_card_tells_what_was_heard_how_true_it_was_and_what_was_let_in(county: Subjects) -> None:
    known = answers(county, 0.5, SEED)
    metrics = taught_by(county, known).card.metrics
    assert metrics["outcomes.self-check"] == known.num_rows
    wrong = [row for row in known.to_pylist() if row["answer"] == "confirmed" or row["checked"] == "wrong"]
    assert metrics[f"taught.{GRAIN}.found_wrong"] == len(wrong)
    assert metrics[f"taught.{GRAIN}.share"] > 0.0
    assert metrics[f"taught.{GRAIN}.gain"] > 0.0
    low, share, high = (metrics[f"precision.653123.corrected{end}"] for end in (".low", "", ".high"))
    truly = sum(bool(county.wrong[int(row["subject_id"][1:])]) for row in known.to_pylist()) / known.num_rows
    assert low <= truly <= high
    assert metrics["precision.653123.inspected"] < share < high


def test_the_same_answers_give_the_same_model_and_it_is_kept_once(home: Home, county: Subjects, honest: Used) -> None:
    again = taught_by(county, answers(county, 0.0, SEED))
    assert (again.id, again.card) == (honest.id, honest.card)
    read = stored(home, honest, rows(county))
    assert not keep(home, again, "analyst", NOW)
    assert read.scored.equals(honest.scored)
    assert judge(read.model, read.scored).equals(judge(honest.model, honest.scored))
    assert taught_by(county, answers(county, 0.0, SEED + 1)).id != honest.id


def test_what_is_learned_with_other_features_says_nothing(county: Subjects, honest: Used) -> None:
    other = county._replace(features=county.features[:, :6])
    assert honest.model.score(rows(other)).column("score").null_count == other.features.shape[0]


def test_a_taught_model_tells_how_subjects_differ_as_before(county: Subjects, honest: Used, alone: Used) -> None:
    first = judge(honest.model, honest.scored).sort_by([("percentile", "descending")]).slice(0, 5)
    known, own = {GRAIN: grain()}, rows(county)
    told = explain(honest.model, own, known, first)
    assert [one.reasons for one in told] == [one.reasons for one in explain(alone.model, own, known, first)]
    assert [one.percentile for one in told] == first.column("percentile").to_pylist()


def test_a_taught_object_with_another_weight_or_form_is_broken(honest: Used) -> None:
    packed = pack(honest.model, honest.card)
    model, _ = unpack(packed, honest.id)
    assert isinstance(model, Taught)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        card, numbers = archive.read("card.json"), archive.read("model.skops")
    assert set(skops.io.get_untrusted_types(data=numbers)) <= set(TRUSTED)
    lesson = model.learned[GRAIN]
    assert lesson.weights is not None
    steeper = lesson._replace(weights=lesson.weights._replace(of_score=lesson.weights.of_score + 1e-9))
    for forged in (
        model._replace(learned={GRAIN: steeper}),
        model._replace(learned={GRAIN: lesson._replace(share=lesson.share / 2)}),
        model._replace(subjects=model.model.subjects),
        model.model,
    ):
        with pytest.raises(Broken, match=honest.id):
            unpack(pack(forged, honest.card), honest.id)
    held = skops.io.loads(numbers, trusted=list(TRUSTED))
    for wrong in ({}, {**held["taught"], "learned": {GRAIN: {"share": "1"}}}, {**held["taught"], "subjects": [1]}):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("card.json", card)
            archive.writestr("model.skops", skops.io.dumps({**held, "taught": wrong}))
        with pytest.raises(Broken, match=honest.id):
            unpack(content.getvalue(), honest.id)


def test_a_taught_object_with_another_byte_is_broken(home: Home, honest: Used) -> None:
    assert keep(home, honest, "analyst", NOW)
    (kept,) = kept_models(home)
    path = home.folder / "objects" / kept.event.object
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(Broken):
        loaded(home, kept, {})
