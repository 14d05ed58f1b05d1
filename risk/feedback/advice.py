"""Thresholds that would have kept what was found wrong and dropped most of what was cleared, and what that may cost.

They are read off the measures of findings that somebody looked into, which is a chosen part of all there are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from risk.anomaly.learning.intervals import exact
from risk.catalogue.card import Parameter
from risk.catalogue.rule import Rule
from risk.feedback.deciding import CLOSE, Deciding, deciding_of, thresholds_written

LEAST_CONFIRMED = 10
"""Suspicions found wrong below which no threshold is advised."""
LEAST_CLEARED = 10
"""Suspicions cleared below which none is."""
MOST_LOST = 2
"""Confirmed suspicions that an option may give up."""
_ONE_SIDED = 0.90
"""Both tails of this interval leave 5 % above its upper end."""
_DECIMALS = 4


class Looked(NamedTuple):
    """A finding above watch of a suspicion, as it stood when somebody looked; or one that nobody looked into."""

    suspicion_id: str
    wrong: bool | None
    """None: nobody looked, or nothing could be decided."""
    measure: float | None
    threshold: float | None
    values: Mapping[str, object]
    """The parameters that the rule ran with."""


class Option(msgspec.Struct, frozen=True):
    """Another value of the parameter."""

    value: float
    keeps_confirmed: int
    loses_confirmed: int
    drops_cleared: int
    drops_open: int
    """Of the suspicions in the newest screening that nobody looked into."""
    expected_loss: float
    """Share of what is wrong that it would lose among new ones like those looked into: (lost + 1) ÷ (confirmed + 1)."""
    loss_up_to: float
    """Upper limit of that share, at 95 % confidence (distribution-free, Wilks)."""


class Advice(msgspec.Struct, frozen=True):
    """What outcomes say of one threshold of a rule; no options where they say nothing, and why."""

    rule: str
    parameter: str
    """'' where no parameter is the threshold of the findings."""
    value: float | None
    confirmed: int
    cleared: int
    open: int
    options: tuple[Option, ...] = ()
    zh: str = ""
    en: str = ""


def advise(rule: Rule, looked: Sequence[Looked], now: Sequence[Looked]) -> list[Advice]:
    """Return the advice for every parameter that a threshold of the findings came from.

    `looked`: findings of suspicions with an outcome; `now`: those of the newest screening without.
    """
    written = thresholds_written(rule)
    parts: dict[Deciding, tuple[list[Looked], list[Looked]]] = {}
    for place, rows in enumerate((looked, now)):
        for row in rows:
            deciding = deciding_of(written, row.values, row.threshold)
            if deciding is not None:
                parts.setdefault(deciding, ([], []))[place].append(row)
    if not parts:
        confirmed, cleared = _told(looked)
        return [Advice(rule.id, "", None, confirmed, cleared, _subjects(now), (), *_NO_PARAMETER)]
    known = {parameter.name: parameter for parameter in rule.card.parameters}
    return [
        _advise(rule, known[deciding.parameter], deciding, (looked, now), own)
        for deciding, own in sorted(parts.items())
    ]  # fmt: skip


_NO_PARAMETER = (
    "结论涉及的命中，其阈值不是规则的参数（由数据算出，或为定值），无从建议",
    "the thresholds of these findings are no parameter of the rule (computed, or fixed): nothing to advise",
)


def _advise(
    rule: Rule,
    parameter: Parameter,
    deciding: Deciding,
    everything: tuple[Sequence[Looked], Sequence[Looked]],
    own: tuple[list[Looked], list[Looked]],
) -> Advice:
    looked, now = (_Strengths(every, mine) for every, mine in zip(everything, own, strict=True))
    value = _newest(own, deciding)
    confirmed, cleared = looked.of(wrong=True), looked.of(wrong=False)
    counts = (rule.id, parameter.name, value, len(confirmed), len(cleared), len(now.strengths))
    side = _side([*own[0], *own[1]])
    if side == 0:
        return Advice(
            *counts, zh="命中的度量在阈值两侧都有：该阈值不决定是否命中，只决定等级", options=(),
            en="measures stand on both sides of the threshold: it decides the severity, not who is found",
        )  # fmt: skip
    if len(confirmed) < LEAST_CONFIRMED or len(cleared) < LEAST_CLEARED:
        return Advice(
            *counts, options=(),
            zh=f"结论太少：至少需要属实 {LEAST_CONFIRMED} 条、不属实 {LEAST_CLEARED} 条，不作建议",
            en=f"too few outcomes: at least {LEAST_CONFIRMED} confirmed and {LEAST_CLEARED} cleared are needed",
        )  # fmt: skip
    options = _options(parameter, deciding, side, value, (confirmed, cleared, now.every()))
    if not options:
        return Advice(
            *counts, options=(), zh="属实和不属实的度量分不开：没有更好的阈值",
            en="confirmed and cleared ones have like measures: no threshold is better",
        )  # fmt: skip
    return Advice(*counts, options=options)


class _Strengths:
    """Per suspicion the measure that keeps it found; infinite where another threshold of the rule finds it anyway."""

    def __init__(self, every: Iterable[Looked], mine: Iterable[Looked]) -> None:
        own = list(mine)
        alike = {id(row) for row in own}
        self.otherwise = {row.suspicion_id for row in every if id(row) not in alike}
        self.strengths: dict[str, list[float]] = {}
        self.wrong: dict[str, bool | None] = {}
        for row in own:
            self.strengths.setdefault(row.suspicion_id, []).append(row.measure or 0.0)
            self.wrong[row.suspicion_id] = row.wrong

    def of(self, *, wrong: bool) -> list[list[float]]:
        """Return the measures of the suspicions found wrong, or cleared."""
        return [self._of(name) for name in self.strengths if self.wrong[name] is wrong]

    def every(self) -> list[list[float]]:
        """Return the measures of all of them."""
        return [self._of(name) for name in self.strengths]

    def _of(self, name: str) -> list[float]:
        """Return the measures; none where nothing that this threshold does can drop the suspicion."""
        return [] if name in self.otherwise else self.strengths[name]


def _side(rows: Sequence[Looked]) -> int:
    """Return 1 where all measures are at or above their threshold, -1 at or below, 0 on both sides of it."""
    apart = [row.measure - row.threshold for row in rows if row.measure is not None and row.threshold is not None]
    above, below = any(gap > CLOSE for gap in apart), any(gap < -CLOSE for gap in apart)
    if above and below:
        return 0
    return -1 if below else 1


def _newest(own: tuple[list[Looked], list[Looked]], deciding: Deciding) -> float:
    """Return the value with which the newest finding ran."""
    last = (own[1] or own[0])[-1].values[deciding.parameter]
    return float(last) if isinstance(last, int | float) else math.nan


def _options(
    parameter: Parameter,
    deciding: Deciding,
    side: int,
    value: float,
    measures: tuple[list[list[float]], list[list[float]], list[list[float]]],
) -> tuple[Option, ...]:
    confirmed, cleared, now = measures
    strongest = sorted(_strength(own, side) for own in confirmed)
    options: list[Option] = []
    for lost in range(MOST_LOST + 1):
        edge = strongest[lost]
        if math.isinf(edge):
            break
        wanted = _as_value(parameter, side * edge / deciding.factor, side)
        loses, drops = (_dropped(rows, wanted * deciding.factor, side) for rows in (confirmed, cleared))
        better = drops > (options[-1].drops_cleared if options else 0)
        if better and (wanted - value) * side > CLOSE and loses <= lost:
            options.append(_option(wanted, loses, len(confirmed), drops, _dropped(now, wanted * deciding.factor, side)))
    return tuple(options)


def _option(value: float, loses: int, confirmed: int, drops: int, drops_open: int) -> Option:
    upper = exact(float(loses), float(confirmed), _ONE_SIDED).high
    return Option(
        value=value,
        keeps_confirmed=confirmed - loses,
        loses_confirmed=loses,
        drops_cleared=drops,
        drops_open=drops_open,
        expected_loss=round((loses + 1) / (confirmed + 1), _DECIMALS),
        loss_up_to=round(upper, _DECIMALS),
    )


def _strength(own: list[float], side: int) -> float:
    return max((side * measure for measure in own), default=math.inf)


def _dropped(rows: list[list[float]], threshold: float, side: int) -> int:
    return sum(_strength(own, side) < side * threshold - CLOSE for own in rows)


def _as_value(parameter: Parameter, wanted: float, side: int) -> float:
    """Return a value of the parameter that still finds what stands at the edge: whole where it is, within its range."""
    if isinstance(parameter.value, int):
        wanted = math.floor(wanted + CLOSE) if side > 0 else math.ceil(wanted - CLOSE)
    low, high = parameter.range
    return float(min(max(wanted, low), high))


def _told(rows: Sequence[Looked]) -> tuple[int, int]:
    wrong = {row.suspicion_id: row.wrong for row in rows}
    return sum(each is True for each in wrong.values()), sum(each is False for each in wrong.values())


def _subjects(rows: Sequence[Looked]) -> int:
    return len({row.suspicion_id for row in rows})
