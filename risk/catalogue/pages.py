"""A rule's page for docs/rules/<ID>.md, in Chinese or English: always the same headings in the same order."""

from __future__ import annotations

from collections.abc import Sequence

from domain.money import yuan
from risk.catalogue.card import Bilingual, Card, Parameter
from risk.catalogue.example_form import Example, read_examples
from risk.catalogue.reasons import names_in, parts_of
from risk.catalogue.rule import Rule
from risk.catalogue.worked import LANGUAGES, Language, Shown, worked_example, worked_out

HEADINGS = {
    "zh": {
        "condition": "条件",
        "method": "查询步骤",
        "why": "为何可疑",
        "basis": "依据",
        "parameters": "参数",
        "innocent": "正当情形",
        "clears": "如何自行消除",
        "check": "核查要点",
        "exclusions": "不适用",
        "assumptions": "前提",
        "needs": "所需数据",
        "output": "输出",
        "worked": "示例演算",
        "demonstration": "演示",
        "examples": "全部示例（即测试）",
        "reason": "疑点描述",
    },
    "en": {
        "condition": "Condition",
        "method": "Method",
        "why": "Why it is a flag",
        "basis": "Basis",
        "parameters": "Parameters",
        "innocent": "Innocent explanations",
        "clears": "What clears it",
        "check": "How to check",
        "exclusions": "Exclusions",
        "assumptions": "Assumptions",
        "needs": "Data needed",
        "output": "Output",
        "worked": "Worked example",
        "demonstration": "Demonstration",
        "examples": "All examples (the tests)",
        "reason": "The sentence",
    },
}
HANDLED = {
    "excluded": Bilingual("排除", "excluded"),
    "downgraded": Bilingual("降级", "downgraded"),
    "asked": Bilingual("列入核查", "asked of the township"),
}
FACTS = (
    ("category", Bilingual("疑点类型", "category")),
    ("subject", Bilingual("对象", "subject")),
    ("severity", Bilingual("最高等级", "highest severity")),
    ("addressee", Bilingual("推送对象", "addressee")),
    ("family", Bilingual("证据类", "family of evidence")),
    ("version", Bilingual("版本", "version")),
    ("status", Bilingual("状态", "status")),
)


def rule_page(rule: Rule, language: Language = "zh") -> str:
    """Return the page as Markdown, ending in a newline. Errors: as rule_pages."""
    return rule_pages(rule)[language]


def rule_pages(rule: Rule) -> dict[Language, str]:
    """Return the page in each language, the examples run once for both.

    Errors: MalformedRule where examples.toml cannot be read, QueryFailed.
    """
    examples = read_examples(rule.folder)
    shown = worked_out(rule, examples)
    return {language: _page(rule, examples, shown, language) for language in LANGUAGES}


def _needs(card: Card, language: Language) -> str:
    """Return what the rule needs, and without what it judges a part only."""
    needs = ", ".join(f"`{name}`" for name in (*card.needs, *card.cases, *card.policy))
    if not card.partly:
        return needs
    partly = ", ".join(f"`{name}`" for name in card.partly)
    return f"{needs}；没有时只判断一部分：{partly}" if language == "zh" else f"{needs}; judged in part without {partly}"


def _page(rule: Rule, examples: Sequence[Example], shown: Sequence[Shown], language: Language) -> str:
    card, heads = rule.card, HEADINGS[language]
    blocks = [
        f"# {card.id} {_in(card.title, language)}",
        _facts(card, language),
        _section(heads["condition"], _condition(rule, language)),
        _section(heads["method"], _method(rule)),
        _section(heads["why"], _in(card.why, language)),
        _section(heads["basis"], _basis(card, language)),
        _section(heads["needs"], _needs(card, language)),
        _section(heads["parameters"], _parameters(card, language)),
        _section(heads["innocent"], _innocent(card, language)),
        _section(heads["exclusions"], _items(card.exclusions, language)),
        _section(heads["assumptions"], _items(card.assumptions, language)),
        _section(heads["clears"], _in(card.clears, language)),
        _section(heads["check"], _in(card.check, language)),
        _section(heads["reason"], f"`{_in(card.reason, language)}`"),
        _section(heads["output"], _output(card, language)),
        _section(heads["worked"], worked_example(rule, shown, language)),
        _section(heads["demonstration"], _demonstration(rule, examples, language)),
        _section(heads["examples"], _examples(examples)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _in(text: Bilingual, language: Language) -> str:
    return text.zh if language == "zh" else text.en


def _section(heading: str, body: str) -> str:
    return f"## {heading}\n\n{body}" if body else ""


def _facts(card: Card, language: Language) -> str:
    values = {
        "category": card.category,
        "subject": card.subject,
        "severity": card.severity,
        "addressee": card.addressee,
    }
    values |= {"family": card.family, "version": str(card.version), "status": card.status}
    alone = {
        "zh": "可单独列为疑点" if card.alone else "仅作佐证，不单独列为疑点",
        "en": "may put a subject on a list by itself" if card.alone else "only strengthens other findings",
    }
    return " · ".join([*(f"{_in(name, language)} `{values[key]}`" for key, name in FACTS), alone[language]])


def _condition(rule: Rule, language: Language) -> str:
    """Return when the rule fires, the parameters' default values in the sentence."""
    if rule.card.condition is None:
        return ""
    values = {parameter.name: _default(parameter) for parameter in rule.card.parameters}
    return "".join(
        text + ("" if name is None else values[name]) for text, name in parts_of(_in(rule.card.condition, language))
    )


def _default(parameter: Parameter) -> str:
    """Return a default as a reader writes it: money in yuan."""
    value = parameter.value
    if parameter.name.endswith("_fen") and isinstance(value, int):
        return f"{yuan(value).removesuffix('.00')}"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _method(rule: Rule) -> str:
    """Return what the query's own comments say: one row of the rule, then each step."""
    first = rule.sql.splitlines()[0].removeprefix("--").strip()
    steps = [f"{place}. `{step.name}`: {step.comment or '-'}" for place, step in enumerate(rule.steps, start=1)]
    return "\n".join([first, "", *steps]).rstrip()


def _basis(card: Card, language: Language) -> str:
    lines = []
    for basis in card.basis:
        words = basis.text_en if language == "en" and basis.text_en else basis.text_zh
        lines.append(f"- {basis.law}: {words}")
    return "\n".join(lines)


def _parameters(card: Card, language: Language) -> str:
    heads = {"zh": "| 参数 | 默认值 | 单位 | 范围 | 说明 |", "en": "| parameter | default | unit | range | note |"}
    rows = []
    for parameter in card.parameters:
        low, high = parameter.range
        note = _in(parameter.note, language).replace("|", "\\|")
        rows.append(f"| `{parameter.name}` | {parameter.value} | {parameter.unit} | {low} – {high} | {note} |")
    return "\n".join([heads[language], "|---|---|---|---|---|", *rows]) if rows else ""


def _innocent(card: Card, language: Language) -> str:
    proof = {"zh": "证明", "en": "proof"}[language]
    return "\n".join(
        f"- {_in(Bilingual(one.zh, one.en), language)} ({proof}: {_in(one.proof, language)}; "
        f"{_in(HANDLED[one.handled], language)})"
        for one in card.innocent
    )


def _items(texts: tuple[Bilingual, ...], language: Language) -> str:
    return "\n".join(f"- {_in(text, language)}" for text in texts)


def _output(card: Card, language: Language) -> str:
    """Return what a finding holds, and which of its numbers the sentence uses."""
    names = ", ".join(f"`{name}`" for name in names_in(card.reason.zh))
    return {
        "zh": f"每项命中：对象（{card.subject}）、等级、乡镇、村、涉及金额、证据（事件编号）。"
        f"句中的数字：{names or '无'}。",
        "en": f"Each finding: subject ({card.subject}), severity, township, village, amount at risk, evidence "
        f"(event ids). Numbers in the sentence: {names or 'none'}.",
    }[language]


def _demonstration(rule: Rule, examples: Sequence[Example], language: Language) -> str:
    """Return the commands that show the rule at work, on its own example and on a county's data."""
    fires = next((example for example in examples if example.kind == "fires" and example.findings), None)
    if fires is None:
        return ""
    words = {
        "zh": "逐步看这个示例，或看自己数据中的某个对象：",
        "en": "Follow this example step by step, or a subject of your own data:",
    }
    return (
        f"{words[language]}\n\n"
        f"    mingzhang rules explain {rule.id} --example {fires.name}\n"
        f"    mingzhang rules explain {rule.id} --subject {rule.card.subject}:ID --data my-county"
    )


def _examples(examples: Sequence[Example]) -> str:
    lines = []
    for example in examples:
        of = example.explains or example.of
        lines.append(f"- {example.name.replace('_', ' ')} ({example.kind}{f': {of}' if of else ''})")
    return "\n".join(lines)
