"""Figures that a running process gives about itself: counters and gauges, as Prometheus reads them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import NamedTuple

Labels = tuple[tuple[str, str], ...]
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})


class Described(NamedTuple):
    """A figure's name, its kind (counter or gauge) and the sentence that says what it is."""

    name: str
    kind: str
    help: str


class Registry:
    """Figures by name and labels; safe for threads."""

    def __init__(self, figures: tuple[Described, ...]) -> None:
        self._figures = {figure.name: figure for figure in figures}
        self._values: dict[str, dict[Labels, float]] = {figure.name: {} for figure in figures}
        self._lock = threading.Lock()

    def add(self, name: str, amount: float, **labels: str) -> None:
        """Raise a counter; KeyError where no figure has the name."""
        key = tuple(sorted(labels.items()))
        with self._lock:
            self._values[name][key] = self._values[name].get(key, 0) + amount

    def set(self, name: str, value: float, **labels: str) -> None:
        """Set a gauge."""
        with self._lock:
            self._values[name][tuple(sorted(labels.items()))] = value

    def replace(self, name: str, values: Mapping[Labels, float]) -> None:
        """Set all values of a gauge at once: labels that are not among them are gone."""
        with self._lock:
            self._values[name] = dict(values)

    def value(self, name: str, **labels: str) -> float:
        """Return a value, 0 where it was never set."""
        with self._lock:
            return self._values[name].get(tuple(sorted(labels.items())), 0)

    def total(self, name: str, **labels: str) -> float:
        """Return the sum of a figure's values that have these labels, whatever others they have."""
        wanted = set(labels.items())
        with self._lock:
            return sum(value for key, value in self._values[name].items() if wanted <= set(key))

    def rendered(self) -> str:
        """Return the figures in Prometheus' text format, in the order of their definition and then of their labels."""
        lines = []
        with self._lock:
            for figure in self._figures.values():
                lines += [f"# HELP {figure.name} {figure.help}", f"# TYPE {figure.name} {figure.kind}"]
                values = self._values[figure.name]
                lines += [f"{figure.name}{_labelled(key)} {_number(values[key])}" for key in sorted(values)]
        return "\n".join(lines) + "\n"


def _labelled(labels: Labels) -> str:
    inside = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels)
    return f"{{{inside}}}" if inside else ""


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


CONSUMED = "mingzhang_messages_total"
DEAD_LETTERS = "mingzhang_dead_letters_total"
DROPPED = "mingzhang_messages_dropped_total"
LAG = "mingzhang_consumer_lag"
BATCH_SECONDS = "mingzhang_consume_seconds_total"
BATCHES = "mingzhang_consume_batches_total"
WAITING = "mingzhang_waiting"
PUBLISHED = "mingzhang_published_total"
POSITION = "mingzhang_published_position"

STREAM_FIGURES = (
    Described(CONSUMED, "counter", "Messages taken in, by record type and by what became of them."),
    Described(DEAD_LETTERS, "counter", "Refused messages sent to collection.dead-letter."),
    Described(DROPPED, "counter", "Messages that the brokers removed before they were taken in, by topic."),
    Described(LAG, "gauge", "Messages of an assigned partition that are not yet taken in."),
    Described(BATCHES, "counter", "Batches taken in and committed."),
    Described(BATCH_SECONDS, "counter", "Seconds spent taking batches in."),
    Described(WAITING, "gauge", "1 while a component that is needed does not answer."),
    Described(PUBLISHED, "counter", "Messages published, by topic."),
    Described(POSITION, "gauge", "Ledger position up to which everything is published."),
)
"""Every figure of `consume` and `publish`."""


def streams() -> Registry:
    """Return a registry of the streams' figures."""
    return Registry(STREAM_FIGURES)


FOLLOW_ROUNDS = "mingzhang_follow_rounds_total"
FOLLOW_SECONDS = "mingzhang_follow_seconds_total"
FOLLOW_ROUND = "mingzhang_follow_round_seconds"
FOLLOW_POSITION = "mingzhang_follow_position"
FOLLOW_FINDINGS = "mingzhang_follow_findings"

FOLLOW_FIGURES = (
    Described(FOLLOW_ROUNDS, "counter", "Rounds in which the rules were run."),
    Described(FOLLOW_SECONDS, "counter", "Seconds spent in rounds."),
    Described(FOLLOW_ROUND, "gauge", "Seconds of the last round."),
    Described(FOLLOW_POSITION, "gauge", "Ledger position up to which the findings stand."),
    Described(FOLLOW_FINDINGS, "gauge", "Findings that stand, by rule."),
    Described(WAITING, "gauge", "1 while a component that is needed does not answer."),
)
"""Every figure of `follow`."""


def follow() -> Registry:
    """Return a registry of the figures of screening while records come."""
    return Registry(FOLLOW_FIGURES)
