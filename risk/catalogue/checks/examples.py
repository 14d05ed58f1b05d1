"""What examples.toml must show: that it fires, each innocent explanation and exclusion, each threshold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from risk.catalogue.card import Parameter
from risk.catalogue.example_form import Example
from risk.catalogue.issue import Issue
from risk.catalogue.rule import EXAMPLES, Rule


def check_examples(rule: Rule, examples: tuple[Example, ...]) -> Iterator[Issue]:
    """Yield what the examples do not show, and what they say of things that the rule does not have."""
    path = rule.folder / EXAMPLES
    if not any(example.kind == "fires" and example.findings for example in examples):
        yield Issue(path, 1, "examples", "没有命中的示例", "no example fires")
    yield from _innocent(rule, examples, path)
    yield from _thresholds(rule, examples, path)
    exclusions = sum(example.kind == "exclusion" for example in examples)
    if exclusions < len(rule.card.exclusions):
        zh = f"{len(rule.card.exclusions)} 项排除，仅 {exclusions} 个示例"
        yield Issue(path, 1, "examples", zh, f"{len(rule.card.exclusions)} exclusions, {exclusions} examples of them")
    for example in examples:
        yield from _well_described(rule, example)


def _innocent(rule: Rule, examples: tuple[Example, ...], path: Path) -> Iterator[Issue]:
    shown = {example.explains for example in examples if example.kind == "innocent"}
    for innocent in rule.card.innocent:
        if innocent.handled != "asked" and innocent.id not in shown:
            zh, en = f"正当情形 {innocent.id} 没有示例", f"no example shows the innocent explanation {innocent.id}"
            yield Issue(path, 1, "examples", zh, en)


def _thresholds(rule: Rule, examples: tuple[Example, ...], path: Path) -> Iterator[Issue]:
    shown = {(example.kind, example.of) for example in examples}
    for parameter in rule.card.parameters:
        for kind, where in (("threshold-on", "on"), ("threshold-beyond", "just beyond")):
            if is_threshold(parameter) and (kind, parameter.name) not in shown:
                zh, en = (
                    f"参数 {parameter.name} 缺少 {kind} 示例",
                    f"no example stands {where} the threshold {parameter.name}",
                )
                yield Issue(path, 1, "examples", zh, en)


def is_threshold(parameter: Parameter) -> bool:
    """Say whether a parameter needs examples on it and beyond: a number that is not exempt."""
    return (
        isinstance(parameter.value, int | float) and not isinstance(parameter.value, bool) and parameter.exempt is None
    )


def _well_described(rule: Rule, example: Example) -> Iterator[Issue]:
    names = {parameter.name for parameter in rule.card.parameters}
    if example.kind == "innocent" and example.explains not in {innocent.id for innocent in rule.card.innocent}:
        zh, en = (
            f"{example.name} 未指明规则中的正当情形",
            f"{example.name} explains none of the rule's innocent explanations",
        )
        yield Issue(example.file, example.line, "examples", zh, en)
    if example.kind.startswith("threshold") and example.of not in names:
        zh, en = f"{example.name} 未指明规则的参数", f"{example.name} is of none of the rule's parameters"
        yield Issue(example.file, example.line, "examples", zh, en)
    for name in sorted(set(example.parameters) - names):
        zh, en = f"{example.name} 设置了没有的参数 {name}", f"{example.name} sets {name}, which is no parameter"
        yield Issue(example.file, example.line, "examples", zh, en)
    if example.kind == "fires" and not example.findings:
        zh, en = f"{example.name} 应命中却无结果", f"{example.name} is to fire and expects no finding"
        yield Issue(example.file, example.line, "examples", zh, en)
