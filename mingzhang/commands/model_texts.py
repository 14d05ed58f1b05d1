"""What the model commands print for people: a card, a subject's reasons, a comparison, drift."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from casework.kept_models import Used
from casework.model_reports import Comparison, Standing, SubjectReport
from domain.cases.model import ModelCard
from mingzhang.commands.model_answers import answers_text, of_answers
from risk.anomaly.drift import Moved
from risk.anomaly.wording import period

Language = Literal["zh", "en"]
SHOWN_ROWS = 10
"""Rows of a subject, and moved numbers, that are printed; --json gives all."""


def card_text(model: str, card: ModelCard, language: Language) -> str:
    """Return a model's card as lines."""
    zh = language == "zh"
    counties = "、".join(card.counties) if zh else ", ".join(card.counties)
    head = (
        f"{model}　账本第 {card.position} 号，截止 {card.as_of}，种子 {card.seed}，县 {counties}"
        if zh
        else f"{model}: position {card.position}, as of {card.as_of}, seed {card.seed}, counties {counties}"
    )
    lines = [head]
    for name, grain in card.grains.items():
        span = f"{grain.period_from}…{grain.period_to}"
        lines.append(
            f"  {name}\t{span}\t{grain.rows} 行，{grain.subjects} 个对象，{len(grain.features)} 项特征，"
            f"数据不足 {grain.too_little} 行"
            if zh
            else f"  {name}\t{span}\t{grain.rows} rows, {grain.subjects} subjects, {len(grain.features)} features, "
            f"{grain.too_little} rows with too little data"
        )
    for name, rows in card.left_out.items():
        lines.append(f"  {name}\t数据不足，未训练（{rows} 行）" if zh else f"  {name}\ttoo little data ({rows} rows)")
    lines += answers_text(card.metrics, language)
    lines += [f"  {name}\t{value:g}" for name, value in card.metrics.items() if not of_answers(name)]
    lines += [f"  {name}\t{value}" for name, value in card.made_with.items()]
    return "\n".join([*lines, *(f"  * {limit}" for limit in card.limits[language])])


def subject_text(report: SubjectReport, language: Language) -> str:
    """Return how unusual a subject is and why, as lines."""
    zh = language == "zh"
    who = f"{report.county} {report.subject_type} {report.subject_id}"
    when = period(report.period)
    if report.percentile is None:
        lines = [f"{who}　数据不足" if zh else f"{who}: too little data"]
    else:
        lines = [
            f"{who}　比{report.percentile:g}%的同类对象更不寻常（{report.grain}，{when.zh}；模型 {report.model}）"
            if zh
            else f"{who}: more unusual than {report.percentile:g} % of its kind "
            f"({report.grain}, {when.en}; model {report.model})"
        ]
    for number, reason in enumerate(report.reasons, start=1):
        told = reason.text.zh if zh else reason.text.en
        part = f"占异常程度的{reason.part:.0%}" if zh else f"{reason.part:.0%} of what makes it unusual"
        lines.append(f"{number}. {told}（{part}）" if zh else f"{number}. {told} ({part})")
        lines += [f"   {event}" for event in reason.evidence]
    return "\n".join([*lines, *_rows(report.rows, zh=zh)])


def _rows(rows: Sequence[Standing], *, zh: bool) -> Iterable[str]:
    little = "数据不足" if zh else "too little data"
    for row in rows[:SHOWN_ROWS]:
        standing = little if row.percentile is None else f"{row.percentile:g}"
        yield f"  {row.grain}\t{row.period}\t{row.fee or '-'}\t{standing}"
    if len(rows) > SHOWN_ROWS:
        left = len(rows) - SHOWN_ROWS
        yield f"  …另有 {left} 行（--json 全部列出）" if zh else f"  … and {left} more (--json has all)"


def comparison_text(found: Comparison, language: Language) -> str:
    """Return how far two models agree, as lines."""
    zh = language == "zh"
    lines = [f"{found.first} ~ {found.second}"]
    for one in found.agreements:
        lines.append(
            f"  {one.subject_type}\t{one.subjects} 个对象，秩相关 {one.rank_correlation:g}，"
            f"前 {one.top} 名相同 {one.same_top} 名"
            if zh
            else f"  {one.subject_type}\t{one.subjects} subjects, rank correlation {one.rank_correlation:g}, "
            f"{one.same_top} of the first {one.top} the same"
        )
        lines += [f"    {subject}\t{before:g} → {after:g}" for subject, before, after in one.most_moved]
    for names, told_zh, told_en in (
        (found.only_first, "只有前者有的粒度", "grains of the first only"),
        (found.only_second, "只有后者有的粒度", "grains of the second only"),
        (found.other_features, "算法不同的特征", "features computed in another way"),
    ):
        if names:
            lines.append(f"  {told_zh if zh else told_en}: {', '.join(names)}")
    return "\n".join(lines)


def drift_text(used: Used, found: Sequence[Moved], language: Language) -> str:
    """Return what has moved since a model's training, the furthest first, as lines."""
    zh = language == "zh"
    words = {"stable": "稳定", "moderate": "有变化", "shifted": "已偏移"}
    head = (
        f"{used.id}　训练截止 {used.card.as_of}；{len(found)} 项，其中不稳定 {sum(_unstable(found))} 项"
        if zh
        else f"{used.id}: trained as of {used.card.as_of}; {len(found)} compared, {sum(_unstable(found))} not stable"
    )
    if not used.kept:
        head += "（刚以现有数据训练，无从比较）" if zh else " (trained on these very data: nothing to compare)"
    lines = [
        f"  {one.grain}/{one.feature}\t{one.index:g}\t{words[one.standing] if zh else one.standing}"
        f"\t{one.rows_then} → {one.rows_now}"
        for one in found[:SHOWN_ROWS]
    ]
    return "\n".join([head, *lines])


def _unstable(found: Iterable[Moved]) -> list[bool]:
    return [one.standing != "stable" for one in found]
