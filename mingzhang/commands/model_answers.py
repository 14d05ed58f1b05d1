"""What a model's card tells of answers: how many from whom, how true the lists were, and what was let in by grain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from risk.anomaly.learning.heard import BY_SOURCE, PRECISION, TAUGHT
from risk.anomaly.learning.lessons import LEAST_POSITIVES

Language = Literal["zh", "en"]
Metrics = Mapping[str, float]
_SOURCES = {"self-check": "自查自纠", "review": "复核", "spot-check": "抽查", "inspection": "纪检核查"}


def of_answers(name: str) -> bool:
    """Say whether a card's metric is told by answers_text."""
    return name.startswith((BY_SOURCE, PRECISION, TAUGHT))


def answers_text(metrics: Metrics, language: Language) -> list[str]:
    """Return the lines about answers; none where nobody had looked into anything."""
    zh = language == "zh"
    sources = {name.removeprefix(BY_SOURCE): value for name, value in metrics.items() if name.startswith(BY_SOURCE)}
    if not sources:
        return []
    counted = [f"{_SOURCES.get(source, source) if zh else source} {count:g}" for source, count in sources.items()]
    heard = f"  核查结论\t{'，'.join(counted)}" if zh else f"  outcomes\t{', '.join(counted)}"
    return [heard, *_precision(metrics, zh=zh), *_let_in(metrics, zh=zh)]


def _precision(metrics: Metrics, *, zh: bool) -> Iterator[str]:
    counties = {name.removeprefix(PRECISION).partition(".")[0] for name in metrics if name.startswith(PRECISION)}
    words = {
        "inspected": "已核查中属实率" if zh else "precision among inspected",
        "corrected": "按抽查校正的属实率" if zh else "audit-corrected precision",
    }
    for county in sorted(counties):
        for name, word in words.items():
            key = f"{PRECISION}{county}.{name}"
            if key in metrics:
                span = f"[{metrics[f'{key}.low']:.3f}, {metrics[f'{key}.high']:.3f}]"
                yield f"  {county} {word}\t{metrics[key]:.3f} {span}"
            else:
                yield f"  {county} {word}\t{'没有随机抽查过否认' if zh else 'no denial was checked by draw'}"


def _let_in(metrics: Metrics, *, zh: bool) -> Iterator[str]:
    ending = ".found_wrong"
    for name in metrics:
        if not (name.startswith(TAUGHT) and name.endswith(ending)):
            continue
        grain = name.removeprefix(TAUGHT).removesuffix(ending)
        wrong, share, gain = (metrics[f"{TAUGHT}{grain}.{key}"] for key in ("found_wrong", "share", "gain"))
        if share > 0.0:
            verdict = (
                f"已学入，份量 {share:g}，交叉验证平均精确率 +{gain:.3f}"
                if zh
                else f"let in with weight {share:g}, average precision +{gain:.3f} in cross-validation"
            )
        elif wrong < LEAST_POSITIVES:
            verdict = f"不足 {LEAST_POSITIVES} 个，未学" if zh else f"fewer than {LEAST_POSITIVES}: nothing let in"
        else:
            verdict = "未见更好或可比的太少，未学入" if zh else "no better, or too few others to tell: nothing let in"
        yield f"  {grain}\t{f'属实 {wrong:g} 个' if zh else f'{wrong:g} found wrong'}\t{verdict}"
