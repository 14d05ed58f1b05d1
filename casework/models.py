"""The model that a run uses, from the home or trained on the rows at hand, and keeping another."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from casework.kept_models import Kept, Used, kept_models, latest, named
from domain.cases.model import ModelTrained
from domain.errors import Broken, Refused
from domain.fact import Envelope
from intake.parsing import CHINA
from ledger.home import Home
from ledger.log import StoredRow
from risk.anomaly.card import card_of
from risk.anomaly.features import Grain
from risk.anomaly.findings import outcome_metrics
from risk.anomaly.fitting import fit
from risk.anomaly.learning.heard import SILENCE, Heard, answer_metrics
from risk.anomaly.learning.taught import AnyModel
from risk.anomaly.learning.teaching import teach
from risk.anomaly.model import LEAST_ROWS
from risk.anomaly.rows import Rows
from risk.anomaly.storage import model_id, pack, unpack

SEED = 20_250_901
"""Of a model that a run trains for itself: fixed, so that the run can be repeated."""


def loaded(home: Home, kept: Kept, rows: Rows) -> Used:
    """Return a kept model over the rows at hand. Broken where its object is not what the ledger says; Malformed."""
    model, card = unpack(home.objects.get(kept.event.object), kept.event.model)
    if card != kept.event.card:
        raise Broken(
            f"模型 {kept.event.model} 的说明与账本所记不同：请从备份恢复 objects/{kept.event.object}",
            f"the card of {kept.event.model} is not the ledger's: restore objects/{kept.event.object} from a backup",
        )
    return Used(kept.event.model, model, card, model.score(rows), kept=True)


def trained(
    rows: Rows, known: Iterable[Grain], position: int, as_of: date, seed: int = SEED, told: Heard = SILENCE
) -> Used | None:
    """Return a model trained on the rows at hand and taught by what was heard; None where no grain has enough rows.

    Where nothing was heard, or nothing of it is let in, the model is the unsupervised one; the card tells what was
    heard and let in.
    """
    fitted = fit(rows, seed)
    if not fitted.grains:
        return None
    taught = teach(fitted, rows, told.known, seed)
    model: AnyModel = taught if taught.learned else fitted
    scored = model.score(rows)
    card = card_of(model, rows, scored, known, position, as_of)
    metrics = {**card.metrics, **outcome_metrics(told.known), **answer_metrics(told, taught)}
    card = msgspec.structs.replace(card, metrics=metrics)
    return Used(model_id(model, card), model, card, scored, kept=False)


def choose(
    home: Home, rows: Rows, known: Iterable[Grain], position: int, as_of: date, wanted: str | None = None
) -> Used | None:
    """Return the model that a run uses: the one named, else the latest, else one trained on the rows at hand.

    None where there is neither a model nor enough data for one. NotFound, Broken, Malformed.
    """
    kept = named(home, wanted) if wanted is not None else latest(home, position, as_of)
    return loaded(home, kept, rows) if kept is not None else trained(rows, known, position, as_of)


def keep(home: Home, used: Used, actor: str, at: datetime) -> bool:
    """Keep a model: its object, then its event; False where the home has the very same model already."""
    if any(kept.event.model == used.id for kept in kept_models(home)):
        return False
    run = uuid.uuid4().hex
    envelope = Envelope("mingzhang", "000000", at.astimezone(CHINA), actor, f"model:{used.id}", run)
    name = home.objects.put(pack(used.model, used.card))
    event = ModelTrained(model=used.id, object=name, card=used.card, envelope=envelope)
    home.ledger.append([StoredRow(f"model:{used.id}", 1, "model.Trained.v1", msgspec.json.encode(event))])
    return True


class TooLittleToTrain(Refused):
    """No grain has enough rows for a model."""

    def __init__(self, rows: int) -> None:
        super().__init__(
            f"数据不足以训练：各粒度最多有 {rows} 行可用，至少需要 {LEAST_ROWS} 行",
            f"too little data to train: the largest grain has {rows} usable rows, {LEAST_ROWS} are needed",
        )
