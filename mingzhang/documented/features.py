"""docs/features: the index of the anomaly model's features, and of each grain a page in Chinese and one in English."""

from __future__ import annotations

from mingzhang.documented.markdown import GENERATED, code, table
from mingzhang.documented.markdown import page as page_of
from risk.anomaly.feature_pages import grain_page
from risk.anomaly.features import Grain, grains

_INTRO = """异常模型看的是这些特征：每个对象一段时间一行，与同类相比有多不寻常。特征只是线索，不是结论。

What the anomaly model looks at: one row per subject and stretch of time, and how unusual it is beside its peers. A
feature is a lead, never a verdict. Each grain is a folder `risk/anomaly/features/<NN>_<name>/`: features.toml says what
the features are, features.sql measures them over the same world as the rules ([as-of](../as-of.md)), evidence.sql gives
the records behind a row, examples.toml are the examples and the tests."""
_HEAD = ("粒度 grain", "名称 title", "对象 subject", "特征 features", "所需数据 needs")


def pages() -> dict[str, str]:
    """Return file name to text: README.md, <grain>.md (Chinese) and <grain>.en.md (English)."""
    found = {"README.md": page_of("特征 / Features", _INTRO, table(_HEAD, map(_row, grains())))}
    for grain in grains():
        found |= _pages_of(grain)
    return found


def _pages_of(grain: Grain) -> dict[str, str]:
    chinese, english = f"{grain.id}.md", f"{grain.id}.en.md"
    index = f"[全部特征 all features](README.md) · {GENERATED}\n"
    return {
        chinese: f"{grain_page(grain, 'zh')}\n[English]({english}) · {index}",
        english: f"{grain_page(grain, 'en')}\n[中文]({chinese}) · {index}",
    }


def _row(grain: Grain) -> tuple[str, ...]:
    title = f"{grain.card.title.zh} / [{grain.card.title.en}]({grain.id}.en.md)"
    needs = ", ".join(code(name) for name in grain.needs)
    return f"[{grain.id}]({grain.id}.md)", title, grain.subject_type, str(len(grain.features)), needs
