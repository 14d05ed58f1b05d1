"""The anomaly model: its card, what it was trained on and cannot see; and the features with whom they compare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Form
from starlette.responses import Response

from casework.kept_models import Kept, kept_models, named
from casework.model_reports import Comparison
from casework.runs import runs
from domain.cases.model import GrainCard, ModelCard
from domain.errors import Malformed, NotFound
from risk.anomaly.drift import Moved, Volume, volumes
from risk.anomaly.feature_card import GrainCard as Grain
from risk.anomaly.features import UnknownGrain, grain_of, grains
from risk.anomaly.peers import MIN_PEERS
from risk.catalogue.card import Bilingual
from web.cases.labels import Pair
from web.frame.visit import Visit, Visiting
from web.methods.model_words import PEERS, SIDES, STANDINGS, UNITS, metric_words
from web.work.job import DONE, Job
from web.work.sight import startable

router = APIRouter()
READ = "screenings.read"


class ModelRow(msgspec.Struct, frozen=True):
    """A model that was trained and kept."""

    id: str
    at: datetime
    by: str
    position: int


class GrainRow(msgspec.Struct, frozen=True):
    """What one grain of the model was fitted on."""

    id: str
    title: Bilingual
    fitted: GrainCard | None
    """None: too little data."""
    rows: int


class Drift(msgspec.Struct, frozen=True):
    """How far the data had moved since the model's training, when somebody last looked."""

    at: datetime
    model: str
    moved: tuple[Moved, ...]


class Told(msgspec.Struct, frozen=True):
    """What `model drift --json` tells."""

    model: str
    moved: tuple[Moved, ...]


class ModelPage(msgspec.Struct, frozen=True):
    """Variables of methods/model.html."""

    models: tuple[ModelRow, ...]
    chosen: str
    card: ModelCard | None
    grains: tuple[GrainRow, ...]
    metrics: tuple[tuple[Pair, float], ...]
    limits: tuple[str, ...]
    volumes: tuple[Volume, ...]
    """Findings of each rule in the last two screenings, those that have changed first."""
    drift: Drift | None
    comparison: Comparison | None
    """Two models over the same data, when somebody last compared any."""
    standings: dict[str, Pair]
    may: frozenset[str]
    """Kinds of work that who asks may start from here."""


class FeaturesPage(msgspec.Struct, frozen=True):
    """Variables of methods/features.html."""

    grain: Grain
    peers: tuple[tuple[Pair, ...], ...]
    least: int
    sides: dict[str, Pair]
    units: dict[str, Pair]
    others: tuple[str, ...]


@router.get("/model")
def show(visit: Visiting, model: str = "") -> Response:
    """Show the newest model, or the one that the address names."""
    visit.may(READ)
    kept = kept_models(visit.service.home)
    chosen = named(visit.service.home, model) if model else kept[-1] if kept else None
    return visit.page("methods/model.html", _page(visit, kept, chosen))


@router.post("/model/drift")
def look_at_drift(visit: Visiting) -> Response:
    """Start comparing today's data with the model's training, as background work."""
    visit.may(READ)
    return _started(visit, "drift")


@router.post("/model/compare")
def compare(visit: Visiting, first: Annotated[str, Form()] = "", second: Annotated[str, Form()] = "") -> Response:
    """Start comparing what two models make of today's data, as background work."""
    visit.may(READ)
    names = [named(visit.service.home, each).event.model for each in (first, second)]
    if names[0] == names[1]:
        raise Malformed("请选择两个不同的模型", "choose two different models")
    return _started(visit, "models", names)


@router.post("/model/train")
def train(visit: Visiting) -> Response:
    """Start training a model on what the ledger holds, as background work."""
    visit.may("model.train")
    return _started(visit, "train")


@router.get("/model/{name}")
def features(visit: Visiting, name: str) -> Response:
    """Show the features of one grain."""
    visit.may(READ)
    try:
        grain = grain_of(name)
    except UnknownGrain as error:
        raise NotFound(f"没有粒度 {name}", f"there is no grain {name}") from error
    page = FeaturesPage(
        grain.card, tuple(tuple(PEERS[key] for key in ("county", *level)) for level in grain.card.peers), MIN_PEERS,
        SIDES, UNITS, tuple(each.id for each in grains()),
    )  # fmt: skip
    return visit.page("methods/features.html", page)


def _started(visit: Visit, kind: str, words: Sequence[str] = ()) -> Response:
    job = visit.service.work.start(kind, visit.account.name, words)
    return visit.done(f"/work/{job.id}", "started")


def _last(visit: Visit, kind: str) -> Job | None:
    """Return the newest work of a kind that was done; None where there is none."""
    return next((each for each in visit.service.work.all() if each.asked.kind == kind and each.state == DONE), None)


def _drift(visit: Visit) -> Drift | None:
    job = _last(visit, "drift")
    if job is None:
        return None
    told = msgspec.json.decode(job.told(), type=Told)
    return Drift(job.asked.at, told.model, told.moved)


def _comparison(visit: Visit) -> Comparison | None:
    job = _last(visit, "models")
    return msgspec.json.decode(job.told(), type=Comparison) if job is not None else None


def _page(visit: Visit, kept: list[Kept], chosen: Kept | None) -> ModelPage:
    card = chosen.event.card if chosen is not None else None
    language = visit.language
    rows = [
        ModelRow(each.event.model, each.event.envelope.recorded_at, each.event.envelope.actor, each.position)
        for each in reversed(kept)
    ]
    return ModelPage(
        tuple(rows), chosen.event.model if chosen is not None else "", card, _grains(card),
        tuple((metric_words(name), value) for name, value in (card.metrics if card is not None else {}).items()),
        card.limits.get(language.code, ()) if card is not None else (), _volumes(visit), _drift(visit),
        _comparison(visit), STANDINGS,
        frozenset({"drift", "train"} & startable(visit.actor)),
    )  # fmt: skip


def _grains(card: ModelCard | None) -> tuple[GrainRow, ...]:
    fitted = card.grains if card is not None else {}
    left_out = card.left_out if card is not None else {}
    return tuple(
        GrainRow(each.id, each.card.title, fitted.get(each.id), left_out.get(each.id, 0)) for each in grains()
    )


def _volumes(visit: Visit) -> tuple[Volume, ...]:
    last = [run.event.outcomes for run in runs(visit.service.home)[-2:]]
    found = volumes(*last) if len(last) > 1 else []
    return tuple(sorted(found, key=lambda each: (not each.changed, -max(each.now, each.before), each.rule)))
