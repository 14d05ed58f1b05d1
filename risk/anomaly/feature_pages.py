"""A grain's page for docs/features/<grain>.md, in Chinese or English: whose rows, who the peers are, every feature."""

from __future__ import annotations

from risk.anomaly.feature_card import Feature
from risk.anomaly.feature_examples import examples_of
from risk.anomaly.features import Grain
from risk.anomaly.peer_groups import SIZE_BANDS
from risk.anomaly.peers import MIN_PEERS
from risk.catalogue.card import Bilingual
from risk.catalogue.steps import steps_of
from risk.catalogue.worked import Language

_WORDS = {
    "rows": Bilingual("每行是什么", "What a row is"),
    "needs": Bilingual("所需数据", "Data needed"),
    "peers": Bilingual("与谁相比", "Who the peers are"),
    "features": Bilingual("特征", "Features"),
    "method": Bilingual("查询步骤", "Method"),
    "examples": Bilingual("示例（即测试）", "Examples (the tests)"),
    "high": Bilingual("高的一侧可疑", "the high side is suspicious"),
    "low": Bilingual("低的一侧可疑", "the low side is suspicious"),
    "both": Bilingual("两侧都看", "both sides are looked at"),
    "innocent": Bilingual("先核对", "check first"),
    "proof": Bilingual("证明", "proof"),
    "basis": Bilingual("依据", "basis"),
}
_KEYS = {
    "township": Bilingual("同乡镇", "township"),
    "fee": Bilingual("同险种", "fee"),
    "size": Bilingual("同规模", "size band"),
    "period": Bilingual("同期", "period"),
}
_UNITS = {
    "share": "占比", "hours": "小时", "days": "天", "yuan": "元", "ratio": "倍数", "sales": "笔", "persons": "人",
    "households": "户", "villages": "村", "refunds": "笔",
}  # fmt: skip


def grain_page(grain: Grain, language: Language = "zh") -> str:
    """Return the page as Markdown, ending in a newline. Errors: MalformedRule where examples.toml cannot be read."""
    needs = ", ".join(f"`{name}`" for name in grain.needs)
    blocks = [
        f"# {_in(grain.card.title, language)} `{grain.id}`",
        _section("rows", _in(grain.card.row, language), language),
        _section("needs", needs, language),
        _section("peers", _peers(grain, language), language),
        _section("features", "\n\n".join(_feature(feature, language) for feature in grain.features), language),
        _section("method", _method(grain), language),
        _section("examples", _examples(grain), language),
    ]
    return "\n\n".join(blocks) + "\n"


def unit_of(feature: Feature, language: Language) -> str:
    """Return the feature's unit in a language; as written where it has no other name."""
    return _UNITS.get(feature.unit, feature.unit) if language == "zh" else feature.unit


def _in(text: Bilingual, language: Language) -> str:
    return text.zh if language == "zh" else text.en


def _section(name: str, body: str, language: Language) -> str:
    return f"## {_in(_WORDS[name], language)}\n\n{body}"


def _peers(grain: Grain, language: Language) -> str:
    """Return the peer groups, the nearest first, and from how many peers one is taken."""
    county = Bilingual("同县", "county")
    joined = "、" if language == "zh" else ", "
    lines = [
        f"{place}. {joined.join(_in(text, language) for text in (county, *(_KEYS[key] for key in level)))}"
        for place, level in enumerate(grain.card.peers, start=1)
    ]
    bands = ", ".join(map(str, SIZE_BANDS))
    after = {
        "zh": f"取第一个除本行外至少有 {MIN_PEERS} 个对象有值的组；都不够的，写明数据不足。规模分档的起点：{bands}。",
        "en": f"The first group in which at least {MIN_PEERS} others have a value is taken; where none has, it is too "
        f"little data. Size bands begin at {bands}.",
    }
    return "\n".join(lines) + f"\n\n{after[language]}"


def _feature(feature: Feature, language: Language) -> str:
    """Return one feature: its title, its limits, why it matters and what to check first."""
    lines = [f"### {_in(feature.title, language)} `{feature.name}`", "", _limits(feature, language), ""]
    lines += [_in(feature.why, language), ""]
    lines += [f"- {_in(_WORDS['basis'], language)}: {basis.law}：{basis.text_zh}" for basis in feature.basis]
    lines += [
        f"- {_in(_WORDS['innocent'], language)}: {_in(Bilingual(one.zh, one.en), language)} "
        f"({_in(_WORDS['proof'], language)}: {_in(one.proof, language)})"
        for one in feature.innocent
    ]
    return "\n".join(lines)


def _limits(feature: Feature, language: Language) -> str:
    unit, side = unit_of(feature, language), _in(_WORDS[feature.direction], language)
    if language == "zh":
        drawn = f" · 按同类均值补 {feature.shrinkage:g} 笔" if feature.shrinkage else ""
        return f"{unit} · {side} · 至少 {feature.min_n} 笔（`{feature.of}`）· 差别不足 {feature.floor:g} 不计{drawn}"
    drawn = f" · drawn to the peers' mean by {feature.shrinkage:g} records" if feature.shrinkage else ""
    few, floor = f"at least {feature.min_n} records (`{feature.of}`)", f"a difference of {feature.floor:g} is none"
    return f"{unit} · {side} · {few} · {floor}{drawn}"


def _method(grain: Grain) -> str:
    """Return what the query's own comments say: one row of the grain, then each step."""
    first = grain.sql.splitlines()[0].removeprefix("--").strip()
    steps = [f"{place}. `{step.name}`: {step.comment or '-'}" for place, step in enumerate(steps_of(grain.sql), 1)]
    return "\n".join([first, "", *steps])


def _examples(grain: Grain) -> str:
    return "\n".join(f"- {example.name.replace('_', ' ')}" for example in examples_of(grain))
