"""A stored model: the same scores when read back, and refused where anything of it was changed."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from datetime import date

import msgspec
import numpy as np
import pytest
import skops.io
from sklearn.linear_model import LinearRegression

from domain.cases.model import ModelCard
from domain.errors import Broken, Malformed
from risk.anomaly.card import card_of
from risk.anomaly.detector import TRUSTED, AnomalyDetector
from risk.anomaly.fitting import fit
from risk.anomaly.model import AnomalyModel
from risk.anomaly.peers import Normalised
from risk.anomaly.storage import model_id, pack, unpack
from tests.risk.anomaly.model.made import grain, rows_of, values


@pytest.fixture(scope="module")
def rows() -> dict[str, Normalised]:
    return rows_of(values(300, 5, {3: (1, 4)}))


def trained(rows: dict[str, Normalised], seed: int = 7) -> tuple[AnomalyModel, ModelCard]:
    model = fit(rows, seed)
    return model, card_of(model, rows, model.score(rows), [grain()], 12, date(2026, 3, 2))


@pytest.fixture(scope="module")
def first(rows: dict[str, Normalised]) -> tuple[AnomalyModel, ModelCard]:
    return trained(rows)


def repacked(content: bytes, **files: bytes) -> bytes:
    """Return the package with files replaced; _ stands for the dot in their names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(name, files.get(name.replace(".", "_"), old.read(name)))
    return packed.getvalue()


def test_a_stored_model_gives_equal_scores_reasons_and_card(
    first: tuple[AnomalyModel, ModelCard], rows: dict[str, Normalised]
) -> None:
    model, card = first
    again, read = unpack(pack(model, card), model_id(model, card))
    assert read == card
    assert again.score(rows).equals(model.score(rows))
    normal, at = rows["collector-season"], np.array([3, 40])
    assert again.explain("collector-season", normal, at) == model.explain("collector-season", normal, at)


def test_the_id_is_the_contents_whenever_and_however_often_it_is_trained_and_packed(
    first: tuple[AnomalyModel, ModelCard], rows: dict[str, Normalised]
) -> None:
    model, card = first
    expected = model_id(model, card)
    assert model_id(*trained(rows)) == expected
    again, read = unpack(pack(model, card), expected)
    assert model_id(again, read) == expected
    assert model_id(model, msgspec.structs.replace(card, position=13)) == expected
    assert model_id(*trained(rows, 8)) != expected
    assert model_id(model, msgspec.structs.replace(card, as_of=date(2026, 3, 3))) != expected


def test_a_package_holds_no_type_beyond_the_trusted_ones(first: tuple[AnomalyModel, ModelCard]) -> None:
    with zipfile.ZipFile(io.BytesIO(pack(*first))) as archive:
        assert set(skops.io.get_untrusted_types(data=archive.read("model.skops"))) <= set(TRUSTED)


def test_another_model_in_its_place_is_broken(
    first: tuple[AnomalyModel, ModelCard], rows: dict[str, Normalised]
) -> None:
    expected, other = model_id(*first), trained(rows, 8)
    with pytest.raises(Broken, match=expected):
        unpack(pack(*other), expected)
    with zipfile.ZipFile(io.BytesIO(pack(*other))) as archive:
        numbers = archive.read("model.skops")
    with pytest.raises(Broken, match=expected):
        unpack(repacked(pack(*first), model_skops=numbers), expected)


def test_a_changed_card_is_broken(first: tuple[AnomalyModel, ModelCard]) -> None:
    expected = model_id(*first)
    changed = msgspec.json.encode(msgspec.structs.replace(first[1], limits={"zh": (), "en": ()}))
    with pytest.raises(Broken):
        unpack(repacked(pack(*first), card_json=changed), expected)


def test_bytes_that_are_no_model_are_broken(first: tuple[AnomalyModel, ModelCard]) -> None:
    expected, content = model_id(*first), pack(*first)
    foreign = skops.io.dumps({"seed": 7, "grains": {"collector-season": LinearRegression()}, "subjects": {}})
    for broken in (b"", content[: len(content) // 2], repacked(content, model_skops=foreign)):
        with pytest.raises(Broken):
            unpack(broken, expected)


def test_a_card_of_an_older_form_is_refused_with_what_to_do(first: tuple[AnomalyModel, ModelCard]) -> None:
    old = {**json.loads(msgspec.json.encode(first[1])), "version": 0}
    with pytest.raises(Malformed, match="mingzhang model train"):
        unpack(repacked(pack(*first), card_json=json.dumps(old).encode()), model_id(*first))


def test_a_detector_of_an_older_form_is_refused_before_it_scores(first: tuple[AnomalyModel, ModelCard]) -> None:
    model, card = first
    older = copy.deepcopy(model)
    for grain_model in older.grains.values():
        assert isinstance(grain_model.detector, AnomalyDetector)
        del grain_model.detector.members_.joining
    with pytest.raises(Malformed, match="mingzhang model train"):
        unpack(pack(older, card), model_id(older, card))
