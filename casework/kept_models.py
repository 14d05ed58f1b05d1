"""The models of a home: those that were trained and kept, and the words of a choice among them.

No model itself is looked at here: what does, with the libraries that models are made of, is loaded by `models`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from importlib import import_module
from typing import NamedTuple, Protocol

import pyarrow as pa

from domain.cases.model import ModelCard, ModelTrained
from domain.errors import NotFound
from ledger.home import Home
from risk.anomaly.features import Grain
from risk.anomaly.learning.taught import AnyModel
from risk.anomaly.rows import Rows

NONE = "none"
"""Given for a model's id: judge without one."""


class Kept(NamedTuple):
    """A model that was trained and kept."""

    position: int
    """Of its event in the ledger."""
    event: ModelTrained


class Used(NamedTuple):
    """A model in use, with what it gives for the rows at hand."""

    id: str
    model: AnyModel
    card: ModelCard
    scored: pa.Table
    kept: bool
    """Whether it was taken from the home; else it was trained just now."""


class Models(Protocol):
    """What casework.models does."""

    def choose(
        self, home: Home, rows: Rows, known: Iterable[Grain], position: int, as_of: date, wanted: str | None = None
    ) -> Used | None:
        """Return the model that a run uses; None where there is neither a model nor enough data for one."""
        ...

    def trained(self, rows: Rows, known: Iterable[Grain], position: int, as_of: date) -> Used | None:
        """Return a model trained on the rows at hand; None where no grain has enough of them."""
        ...


def models() -> Models:
    """Return casework.models, loaded when a model is wanted: its libraries take longer than many a command."""
    found: Models = import_module("casework.models")
    return found


def kept_models(home: Home) -> list[Kept]:
    """Return the home's models in the order in which they were trained. Broken."""
    found = []
    for recorded in home.ledger.of_type("model"):
        event = home.ledger.event(recorded)
        if isinstance(event, ModelTrained):
            found.append(Kept(recorded.position, event))
    return found


def named(home: Home, name: str) -> Kept:
    """Return the kept model whose id begins so; NotFound where none or several do."""
    models = kept_models(home)
    found = [kept for kept in models if kept.event.model.startswith(name)]
    if len(found) != 1:
        listed = ", ".join(kept.event.model for kept in models) or "—"
        raise NotFound(f"没有唯一的模型 {name}；已有：{listed}", f"there is not one model {name}; there are: {listed}")
    return found[0]


def latest(home: Home, position: int, as_of: date) -> Kept | None:
    """Return the model that was trained last, at or before a position and a day; None where there is none."""
    fitting = [kept for kept in kept_models(home) if kept.position <= position and kept.event.card.as_of <= as_of]
    return fitting[-1] if fitting else None
