"""A model packed for HOME/objects, and read back only where card, numbers and id still belong together."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import msgspec
import numpy as np
import skops.io
from skops.io.exceptions import UntrustedTypesFoundException

from domain.cases.model import ModelCard
from domain.errors import Broken, Malformed
from risk.anomaly.card import VERSION
from risk.anomaly.detector import TRUSTED, AnomalyDetector
from risk.anomaly.digest import digest_of
from risk.anomaly.learning.lessons import Learned, Weights
from risk.anomaly.learning.taught import AnyModel, Taught
from risk.anomaly.model import AnomalyModel, GrainModel
from risk.anomaly.percentile import Grid, Numbers

_UNREADABLE = (
    zipfile.BadZipFile, msgspec.MsgspecError, KeyError, ValueError, TypeError, AttributeError, EOFError,
)  # fmt: skip
_DETECTOR = AnomalyDetector.__module__.rpartition(".")[0]
_FEW = 20
_CARD = "card.json"
_NUMBERS = "model.skops"


def model_id(model: AnyModel, card: ModelCard) -> str:
    """Return the model's id: M and 16 hex digits of a hash over the card and every number in the model.

    The ledger position does not count: what a run appends leaves the model that it would train the same.
    """
    said = msgspec.json.encode(msgspec.structs.replace(card, position=0), order="sorted")
    return f"M{digest_of({'card': said, 'model': _content(model)})[:16]}"


def pack(model: AnyModel, card: ModelCard) -> bytes:
    """Return the model with its card as bytes; two packings of one model may differ, its id does not."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_CARD, msgspec.json.encode(card))
        archive.writestr(_NUMBERS, skops.io.dumps(_content(model)))
    return packed.getvalue()


def unpack(content: bytes, expected: str) -> tuple[AnyModel, ModelCard]:
    """Return the model and its card.

    Malformed where another version of the program packed it; Broken where it is not the model `expected` (an id), or
    holds a type that no model has.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            written, numbers = archive.read(_CARD), archive.read(_NUMBERS)
        card = _card(written, expected)
        model = _model(skops.io.loads(numbers, trusted=list(TRUSTED)))
    except UntrustedTypesFoundException as error:
        raise _broken(expected, f"未知类型：{error}", f"it holds types that no model has: {error}") from error
    except _UNREADABLE as error:
        raise _broken(expected, f"无法读取：{error}", f"it cannot be read: {error}") from error
    found = model_id(model, card)
    if found != expected:
        raise _broken(expected, f"内容对应 {found}", f"its content is that of {found}")
    if any(_names(grain.detector) != _current() for grain in model.grains.values()):
        raise OtherForm(expected, f"{VERSION}, detector")
    return model, card


class OtherForm(Malformed):
    """A model was packed by a version of the program whose models have another form."""

    def __init__(self, model: str, form: str) -> None:
        super().__init__(
            f"模型 {model} 的格式（{form}）与本程序（第 {VERSION} 版）不同：请重新训练（mingzhang model train）",
            f"model {model} has form {form}; this program reads {VERSION}: train it anew (mingzhang model train)",
        )


def _names(detector: object, below: str = "") -> frozenset[str]:
    """Return the names of all that a fitted detector and its members hold: the form that their code expects."""
    held = detector.__getstate__()
    if not isinstance(held, dict):
        return frozenset()
    names = {f"{below}{name}" for name in held}
    for name, value in held.items():
        if type(value).__module__.startswith(_DETECTOR):
            names |= _names(value, f"{below}{name}.")
    return frozenset(names)


@cache
def _current() -> frozenset[str]:
    """Return the names that a detector fitted by this program holds."""
    rows = np.arange(_FEW * 2, dtype=np.float64).reshape(_FEW, 2) ** 2
    return _names(AnomalyDetector(random_state=0, trees=1, n_jobs=1).fit(rows))


def _card(written: bytes, expected: str) -> ModelCard:
    version = msgspec.json.decode(written, type=dict[str, msgspec.Raw]).get("version", msgspec.Raw(b"0"))
    if bytes(version) != str(VERSION).encode():
        told = bytes(version).decode()
        raise OtherForm(expected, told)
    return msgspec.json.decode(written, type=ModelCard)


def _broken(expected: str, zh: str, en: str) -> Broken:
    return Broken(
        f"模型 {expected} 的内容与账本所记不符（{zh}）：请从备份恢复 objects 目录，或重新训练",
        f"the content of model {expected} is not what the ledger says ({en}): restore objects, or train anew",
    )


def _content(model: AnyModel) -> dict[str, object]:
    """Return the model as mappings, arrays and detectors alone."""
    if isinstance(model, Taught):
        return {**_content(model.model), "taught": _lessons(model)}
    return {
        "seed": model.seed,
        "grains": {
            name: {
                "features": list(grain.features),
                "detector": grain.detector,
                "values": grain.scores.values,
                "levels": grain.scores.levels,
            }
            for name, grain in model.grains.items()
        },
        "subjects": {kind: {"values": grid.values, "levels": grid.levels} for kind, grid in model.subjects.items()},
    }


def _lessons(taught: Taught) -> dict[str, object]:
    """Return what answers taught as mappings, numbers and arrays alone."""
    return {
        "learned": {
            name: {
                "share": found.share,
                "gain": found.gain,
                "positives": found.positives,
                "weights": found.weights._asdict() if found.weights is not None else None,
                "values": taught.scores[name].values,
                "levels": taught.scores[name].levels,
            }
            for name, found in taught.learned.items()
        },
        "subjects": {kind: {"values": grid.values, "levels": grid.levels} for kind, grid in taught.subjects.items()},
        "found_wrong": dict(taught.found_wrong),
    }


def _grid(stored: object) -> Grid:
    held = _mapping(stored)
    return Grid(_numbers(held["values"]), _numbers(held["levels"]))


def _mapping(stored: object) -> dict[str, object]:
    if not isinstance(stored, dict):
        raise TypeError(f"a mapping was expected, not {type(stored).__name__}")
    return stored


def _numbers(stored: object) -> Numbers:
    if not isinstance(stored, np.ndarray):
        raise TypeError(f"numbers were expected, not {type(stored).__name__}")
    return stored.astype(np.float64)


def _grain(name: str, stored: object) -> GrainModel:
    held = _mapping(stored)
    detector, features = held["detector"], held["features"]
    if not isinstance(detector, AnomalyDetector) or not isinstance(features, list):
        raise TypeError(f"grain {name} has no detector")
    return GrainModel(name, tuple(map(str, features)), detector, _grid(held))


def _number(stored: object) -> float:
    if not isinstance(stored, (int, float)):
        raise TypeError(f"a number was expected, not {type(stored).__name__}")
    return float(stored)


def _learned(stored: object) -> Learned:
    held = _mapping(stored)
    weights = _mapping(held["weights"])
    centre, spread, intercept, of_score = (_number(weights[name]) for name in Weights._fields[:-1])
    return Learned(
        _number(held["share"]),
        Weights(centre, spread, intercept, of_score, _numbers(weights["of_features"])),
        _number(held["gain"]),
        int(_number(held["positives"])),
    )


def _taught(model: AnomalyModel, stored: object) -> Taught:
    held = _mapping(stored)
    lessons = _mapping(held["learned"])
    if not lessons.keys() <= model.grains.keys():
        raise TypeError("a grain was taught that the model has not")
    return Taught(
        model,
        {name: _learned(lesson) for name, lesson in lessons.items()},
        {name: _grid(lesson) for name, lesson in lessons.items()},
        {kind: _grid(grid) for kind, grid in _mapping(held["subjects"]).items()},
        {name: int(_number(count)) for name, count in _mapping(held["found_wrong"]).items()},
    )


def _model(stored: object) -> AnyModel:
    held = _mapping(stored)
    grains = {name: _grain(name, grain) for name, grain in _mapping(held["grains"]).items()}
    subjects = {kind: _grid(grid) for kind, grid in _mapping(held["subjects"]).items()}
    model = AnomalyModel(int(str(held["seed"])), grains, subjects)
    return _taught(model, held["taught"]) if "taught" in held else model
