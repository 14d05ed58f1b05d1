"""The card of a model: what it was trained on and with, how it spread, and what it cannot see."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from importlib.metadata import version

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from domain.cases.model import GrainCard, ModelCard
from risk.anomaly.drift import baseline_of
from risk.anomaly.features import Grain
from risk.anomaly.learning.taught import AnyModel, Taught
from risk.anomaly.peers import Normalised
from risk.anomaly.percentile import Numbers
from risk.anomaly.rows import Rows, enough
from risk.anomaly.subjects import judge

VERSION = 1
"""Of the form of card and packed model; raised when a change leaves older ones unreadable, or their scores others."""

LIMITS: Mapping[str, tuple[str, ...]] = {
    "zh": (
        "百分位只说与同类相比多不寻常，不是违规的概率，也不是结论",
        "同类都这样做的看不见：多次重复、人人相同的违规不显得不寻常",
        "记录太少、同类太少的对象不评，写明“数据不足”",
        "训练数据没有标注，其中可能有违规；用别的县或更早的数据训练，分数会不同",
    ),
    "en": (
        "a percentile says how unusual somebody is beside peers; it is no probability of a wrong and no verdict",
        "what all peers do alike is not seen: a wrong repeated often and by everybody looks usual",
        "who has too few records or too few peers is not judged, and is said to have too little data",
        "the training data are unlabelled and may hold wrongs; trained on other counties or days, scores are others",
    ),
}
OF_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "zh": ("核查结论只来自查过的对象；理由只说与同类相差在哪里，不说结论教了什么",),
    "en": (
        "answers come from those who were looked into alone; reasons say how somebody differs, not what was taught",
    ),
}
"""Limits of a model that answers have taught, beside the others."""


def card_of(
    model: AnyModel, rows: Rows, scored: pa.Table, known: Iterable[Grain], position: int, as_of: date
) -> ModelCard:
    """Return the card of a model that was just fitted on the rows, or taught; `scored` is model.score(rows)."""
    declared = {grain.id: grain for grain in known}
    names = np.array(scored.column("grain").to_pylist(), dtype=object)
    scores = scored.column("score").to_numpy(zero_copy_only=False).astype(np.float64)
    fitted = {
        name: _grain_card(declared[name], rows[name], scores[names == name]) for name in rows if name in model.grains
    }
    counties = {str(county) for name in fitted for county in pc.unique(rows[name].keys.column("county")).to_pylist()}
    return ModelCard(
        version=VERSION,
        position=position,
        as_of=as_of,
        seed=model.seed,
        counties=tuple(sorted(counties)),
        grains=fitted,
        left_out={name: int(enough(rows[name]).sum()) for name in rows if name not in model.grains},
        made_with=_made_with(model),
        metrics=_metrics(judge(model, scored)),
        limits={
            language: (*told, *(OF_ANSWERS[language] if isinstance(model, Taught) else ()))
            for language, told in LIMITS.items()
        },
    )


def features_of(grain: Grain) -> dict[str, str]:
    """Return feature to a hash over its declaration and the grain's query: another hash is another feature."""
    return {
        feature.name: hashlib.sha256(
            b"\0".join((msgspec.json.encode(feature, order="sorted"), grain.sql.encode("utf-8")))
        ).hexdigest()[:16]
        for feature in grain.features
    }


def _grain_card(grain: Grain, normal: Normalised, scores: Numbers) -> GrainCard:
    told = enough(normal)
    keys = normal.keys.filter(told)
    return GrainCard(
        subject_type=grain.subject_type,
        rows=int(told.sum()),
        too_little=int((~told).sum()),
        subjects=len(set(zip(keys.column("county").to_pylist(), keys.column("subject_id").to_pylist(), strict=True))),
        period_from=pc.min(keys.column("period_from")).as_py(),
        period_to=pc.max(keys.column("period_to")).as_py(),
        features=features_of(grain),
        baselines={name: baseline_of(normal.values[told][:, place]) for place, name in enumerate(normal.names)},
        scores=baseline_of(scores[told]),
    )


def _made_with(model: AnyModel) -> dict[str, str]:
    detectors = [grain.detector for grain in model.grains.values()]
    parameters = detectors[0].get_params() if detectors else {}
    return {
        "detector": type(detectors[0]).__name__ if detectors else "",
        "parameters": json.dumps({name: repr(value) for name, value in sorted(parameters.items())}),
        "scikit-learn": version("scikit-learn"),
        "numpy": version("numpy"),
    }


def _metrics(subjects: pa.Table) -> dict[str, float]:
    """Return per subject type how many were judged and how many have too little data."""
    kinds = subjects.column("subject_type").to_pylist()
    little = subjects.column("too_little_data").to_pylist()
    found: dict[str, float] = {}
    for kind, too_little in zip(kinds, little, strict=True):
        name = f"{kind}.{'too_little_data' if too_little else 'judged'}"
        found[name] = found.get(name, 0.0) + 1
    return dict(sorted(found.items()))
