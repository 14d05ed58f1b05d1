"""An anomaly model as it was trained: on what, with which features and seed, and what it cannot see."""

from __future__ import annotations

from datetime import date

import msgspec
from eventsourcing.utils import register_topic

from domain.fact import Fact


class Baseline(msgspec.Struct, frozen=True):
    """How a number was spread over the rows of a training, for drift to be measured against."""

    edges: tuple[float, ...]
    """Inner edges of the bins, ascending; a value on an edge is above it."""
    shares: tuple[float, ...]
    """Share of the rows per bin, then the share of rows without a value; they add to 1."""


class GrainCard(msgspec.Struct, frozen=True):
    """What one grain of a model was fitted on."""

    subject_type: str
    rows: int
    """Rows fitted."""
    too_little: int
    """Rows left out because too few of their features could be told."""
    subjects: int
    period_from: date | None
    period_to: date | None
    features: dict[str, str]
    """Feature to the hash of its declaration and of the query that computes it."""
    baselines: dict[str, Baseline]
    """Of every feature, before it was compared with peers."""
    scores: Baseline


class ModelCard(msgspec.Struct, frozen=True):
    """What a model is: enough to train it again from the same ledger."""

    version: int
    """Of the form of card and object."""
    position: int
    """The ledger position that it was trained at."""
    as_of: date
    seed: int
    counties: tuple[str, ...]
    grains: dict[str, GrainCard]
    left_out: dict[str, int]
    """Grain to its rows, where these were too few to fit."""
    made_with: dict[str, str]
    """Detector, its parameters, and the versions of the libraries."""
    metrics: dict[str, float]
    limits: dict[str, tuple[str, ...]]
    """What it cannot see, in zh and en."""


class ModelTrained(Fact, frozen=True):
    """A model was trained and kept as an object of the home."""

    model: str
    """The id: a hash of the card and of the numbers in the model, the same however it is packed."""
    object: str
    """Name of the packed model in HOME/objects: the hash of these bytes."""
    card: ModelCard


register_topic("model.Trained.v1", ModelTrained)
