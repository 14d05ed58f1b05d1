"""Why a subject stands out: at most four sentences with number, peers, rarity, own history and what to check first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from risk.anomaly.feature_card import Feature
from risk.anomaly.features import SHOWN, Grain, evidence_of
from risk.anomaly.peers import Normalised
from risk.anomaly.rows import Rows
from risk.anomaly.wording import amount, period, rare
from risk.catalogue.card import Bilingual
from risk.engine import Engine

MOST = 4
"""Reasons that are given."""
ASKED = 6
"""Causes that the model is asked for: some are no facts that could be told."""
LEAST_RARE = 0.2
"""A feature in which more of the peers go as far is no reason, whatever the model makes of it."""
COUNTS = 1 / 3
"""Share of the strongest cause's attribution from which a cause counts as much: among these the facts decide."""
BEFORE = 3
"""Earlier periods of the own history that are told."""
ALSO, ALSO_RARE = 6, 0.05
"""Other periods in which the same feature stands out, at most; and the share of peers that may then go as far."""


class Reason(msgspec.Struct, frozen=True):
    """One feature in which a subject differs from its peers."""

    feature: str
    unit: str
    value: float
    median: float
    """Of the peers."""
    peers: int
    alike: float
    """Share of the peers that go as far."""
    before: tuple[tuple[str, float], ...]
    """Own earlier periods and values, the latest first."""
    also: tuple[tuple[str, float], ...]
    """Own other periods and values in which the feature stands out as well, the latest first: one cause, many weeks."""
    part: float
    """How much of the model's attribution to the row it has, 0 to 1."""
    text: Bilingual
    evidence: tuple[str, ...] = ()
    """Event ids of records that a person would look at; only where they were asked for."""


class Explained(msgspec.Struct, frozen=True):
    """A subject's most unusual row, and why it is."""

    county: str
    subject_type: str
    subject_id: str
    township: str | None
    village: str | None
    fee: str | None
    grain: str
    period: str
    percentile: float
    reasons: tuple[Reason, ...]


Grains = Mapping[str, Grain]
"""By id."""


class Explains(Protocol):
    """A model that tells which features make a row unusual."""

    def explain(
        self, name: str, normal: Normalised, at: NDArray[np.int64], top: int = 4
    ) -> list[list[tuple[int, float]]]:
        """Return, per row of the grain named by its place, up to `top` (feature, strength), the strongest first."""
        ...


def explain(model: Explains, rows: Rows, known: Grains, subjects: pa.Table) -> list[Explained]:
    """Return why each subject (rows of schema SUBJECTS with a percentile) stands out, in the order given."""
    told = subjects.to_pylist()
    by_grain: dict[str, list[int]] = {}
    for place, subject in enumerate(told):
        by_grain.setdefault(subject["grain"], []).append(place)
    found: dict[int, tuple[Reason, ...]] = {}
    for name, places in by_grain.items():
        normal = rows[name]
        at = np.array([told[place]["row"] for place in places], dtype=np.int64)
        own = _own(normal, at)
        for place, row, causes in zip(places, at.tolist(), model.explain(name, normal, at, top=ASKED), strict=True):
            found[place] = _reasons(known[name], normal, row, causes, own[row])
    return [
        Explained(
            subject["county"], subject["subject_type"], subject["subject_id"], subject["township"], subject["village"],
            subject["fee"], subject["grain"], subject["period"], subject["percentile"], found[place],
        )
        for place, subject in enumerate(told)
    ]  # fmt: skip


def with_evidence(
    engine: Engine, known: Grains, explained: Sequence[Explained], as_of: date, most: int = SHOWN
) -> list[Explained]:
    """Return the same with the event ids behind each reason, asked once per grain. QueryFailed.

    `most`: records of a feature and period, the plainest first; of the other periods in which it stands out, likewise.
    """
    events: dict[tuple[str, str, str, str], Mapping[str, list[str]]] = {}
    for name in sorted({one.grain for one in explained}):
        asked = [
            {"county": one.county, "subject_id": one.subject_id, "period": when}
            for one in explained
            if one.grain == name
            for when in sorted({one.period, *(when for reason in one.reasons for when, _ in reason.also)})
        ]
        behind = evidence_of(engine, known[name], asked, as_of, most)
        events.update({(name, *key): by_feature for key, by_feature in behind.items()})
    return [_evidenced(one, events) for one in explained]


def _evidenced(one: Explained, events: Mapping[tuple[str, str, str, str], Mapping[str, list[str]]]) -> Explained:
    def behind(reason: Reason) -> tuple[str, ...]:
        periods = (one.period, *(when for when, _ in reason.also))
        found = (events.get((one.grain, one.county, one.subject_id, when), {}) for when in periods)
        return tuple(dict.fromkeys(event for by_feature in found for event in by_feature.get(reason.feature, ())))

    reasons = (msgspec.structs.replace(reason, evidence=behind(reason)) for reason in one.reasons)
    return msgspec.structs.replace(one, reasons=tuple(reasons))


def _reasons(
    grain: Grain, normal: Normalised, row: int, causes: Sequence[tuple[int, float]], own: Sequence[int]
) -> tuple[Reason, ...]:
    """Return the reasons of a row; own: the subject's other rows, the latest first."""
    total = sum(strength for _, strength in causes) or 1.0
    periods = normal.keys.column("period")
    reasons = []
    for place, strength in _facts_first(normal, row, causes):
        feature, value = grain.features[place], float(normal.values[row, place])
        peers, alike = int(normal.peers[row, place]), float(normal.rarity[row, place])
        if normal.matrix[row, place] == 0 or peers == 0 or not alike <= LEAST_RARE:
            continue
        now = periods[row].as_py()
        before = [at for at in own if periods[at].as_py() < now and not np.isnan(normal.values[at, place])][:BEFORE]
        also = _also(normal, row, place, own)
        reason = Reason(
            feature.name, feature.unit, value, float(normal.median[row, place]), peers, alike,
            _values(normal, place, before), _values(normal, place, also), round(strength / total, 3), Bilingual("", ""),
        )  # fmt: skip
        reasons.append(msgspec.structs.replace(reason, text=_sentence(feature, reason, now)))
    return tuple(reasons[:MOST])


def _also(normal: Normalised, row: int, place: int, own: Sequence[int]) -> list[int]:
    """Return the own rows in which a feature stands out on the row's side, the ALSO furthest, in the order given."""
    side = np.sign(normal.matrix[row, place])
    found = [
        at
        for at in own
        if normal.peers[at, place] > 0
        and normal.rarity[at, place] <= ALSO_RARE
        and normal.matrix[at, place] * side > 0
    ]
    furthest = sorted(found, key=lambda at: (-abs(float(normal.matrix[at, place])), at))[:ALSO]
    return [at for at in found if at in furthest]


def _values(normal: Normalised, place: int, rows: Sequence[int]) -> tuple[tuple[str, float], ...]:
    periods = normal.keys.column("period")
    return tuple((periods[at].as_py(), float(normal.values[at, place])) for at in rows)


def _facts_first(
    normal: Normalised, row: int, causes: Sequence[tuple[int, float]]
) -> list[tuple[int, float]]:
    """Return the causes that count most, the rarest among peers first, then the furthest from them; then the others.

    What the model makes of a cause differs a little with its seed; the facts do not.
    """
    strongest = max((strength for _, strength in causes), default=0.0)

    def order(cause: tuple[int, float]) -> tuple[bool, float, float, int]:
        place, strength = cause
        peers, alike = float(normal.peers[row, place]), float(normal.rarity[row, place])
        seldom = round((alike * peers + 0.5) / (peers + 1.0), 6)
        return strength < COUNTS * strongest, seldom, -abs(float(normal.matrix[row, place])), place

    return sorted(causes, key=order)


def _sentence(feature: Feature, reason: Reason, when: str) -> Bilingual:
    value, median = amount(reason.value, reason.unit), amount(reason.median, reason.unit)
    seldom = rare(reason.peers, reason.alike)
    told = period(when)
    zh = f"与同类比较（{told.zh}）：{feature.title.zh}{value.zh}，同类中位数{median.zh}；{seldom.zh}"
    en = f"Beside peers ({told.en}): {feature.title.en} {value.en}, median of the peers {median.en}; {seldom.en}"
    if reason.before:
        own = [(period(earlier), amount(number, reason.unit)) for earlier, number in reason.before]
        zh += f"；本对象以往：{'、'.join(f'{earlier.zh}{number.zh}' for earlier, number in own)}"
        en += f"; its own before: {', '.join(f'{earlier.en} {number.en}' for earlier, number in own)}"
    again = [one for one in reason.also if one not in reason.before]
    if again:
        more = [(period(other), amount(number, reason.unit)) for other, number in again]
        zh += f"；同样突出的还有：{'、'.join(f'{other.zh}{number.zh}' for other, number in more)}"
        en += f"; it stands out in other periods too: {', '.join(f'{other.en} {number.en}' for other, number in more)}"
    if feature.innocent:
        first = feature.innocent[0]
        zh += f"。先核实：{first.zh}（{first.proof.zh}）"
        en += f". Check first: {first.en} ({first.proof.en})"
    return Bilingual(zh, en)


def _own(normal: Normalised, at: NDArray[np.int64]) -> dict[int, list[int]]:
    """Return per row the same subject's other rows (same county and fee), the latest period first."""
    names = ("county", "subject_id", "fee")
    subjects = pc.unique(normal.keys.column("subject_id").take(at))
    near = np.flatnonzero(pc.is_in(normal.keys.column("subject_id"), subjects))
    columns = [normal.keys.column(name).take(near).to_pylist() for name in (*names, "period")]
    of: dict[tuple[str | None, ...], list[tuple[str, int]]] = {}
    whose: dict[int, tuple[str | None, ...]] = {}
    for row, county, subject, fee, when in zip(near.tolist(), *columns, strict=True):
        whose[row] = (county, subject, fee)
        of.setdefault(whose[row], []).append((when, row))
    return {row: [other for _, other in sorted(of[whose[row]], reverse=True) if other != row] for row in at.tolist()}
