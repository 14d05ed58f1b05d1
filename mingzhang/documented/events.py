"""docs/generated/events.md: every topic that a stored event may have, with its fields and what they say."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import get_type_hints

import domain.cases.backtest as backtest
import domain.cases.model as model
import domain.cases.spot_check as spot_check
import domain.cases.suspicion as suspicion
import domain.cases.suspicion_list as suspicion_list
from domain.cases.answer import Answer
from domain.contract import RECORD_TYPES
from domain.fact import Account, Defect, Envelope, Identity
from ledger.decoding import class_of, listed_topics
from mingzhang.documented.markdown import cell, code, table
from mingzhang.documented.markdown import page as page_of

PARTS: tuple[type, ...] = (
    Envelope, Identity, Account, Defect, model.ModelCard, model.GrainCard, model.Baseline, suspicion.Picture, Answer,
    suspicion_list.ListItem, spot_check.SampledItem, backtest.BacktestDay, backtest.Measured,
)  # fmt: skip
_HEAD = ("字段 field", "类型 type", "含义 meaning")
_INTRO = """账本中每个事件有一个主题；主题只增不减，旧事件永远可读。每个事件都有 `envelope`。
Every stored event has a topic. Topics are only ever added, so that old events stay readable.
Every event has an `envelope`.
Streams, versions and the order of writing: [ledger](../ledger.md)."""


def page() -> str:
    """Return the page."""
    of_records = {f"{kind.topic}.Recorded.v1" for kind in RECORD_TYPES.values()}
    others = [topic for topic in listed_topics() if not _is_record(topic)]
    return page_of(
        "事件 / Events",
        _INTRO,
        "## 组成部分 parts",
        *(_section(part.__name__, part) for part in PARTS),
        "## 业务记录 records",
        "`<topic>.Amended.v1` 为同一记录的新版本：全部字段，加 `changed`（有变动的字段名）。"
        "The same fields, plus `changed`: the names of what this version changed.",
        *(_section(topic, class_of(topic)) for topic in listed_topics() if topic in of_records),
        "## 其他 others",
        *(_section(topic, class_of(topic)) for topic in others),
    )


def documentation(kind: type) -> dict[str, str]:
    """Return field to the sentence below it in the source of the class; fields without one have none."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    found = {}
    for before, after in pairwise(body):
        if (
            isinstance(before, ast.AnnAssign)
            and isinstance(before.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            found[before.target.id] = after.value.value
    return found


def _is_record(topic: str) -> bool:
    return topic.partition(".")[0] in {kind.topic for kind in RECORD_TYPES.values()}


def _section(title: str, kind: type) -> str:
    said = documentation(kind) | _headings(kind)
    rows = [(code(name), code(_written(hint)), said.get(name, "")) for name, hint in _own_fields(kind).items()]
    also = f"\n\n另见 also: `{title.replace('.Recorded.', '.Amended.')}`" if ".Recorded." in title else ""
    return f"### {title}\n\n{cell(inspect.getdoc(kind) or '')}{also}\n\n{table(_HEAD, rows)}"


def _own_fields(kind: type) -> dict[str, object]:
    """Return field to type; the envelope, which every event has, is left out."""
    hints = get_type_hints(kind)
    return {name: hint for name, hint in hints.items() if name != "envelope" and not name.startswith("__")}


def _headings(kind: type) -> dict[str, str]:
    """Return, for the class of a record type, field to its Chinese heading and how the ledger keeps it."""
    for record_type in RECORD_TYPES.values():
        if record_type.recorded is kind:
            return {field.column: field.zh[0] if field.zh else "" for field in record_type.fields}
    return {}


def _written(hint: object) -> str:
    """Return a type as the source writes it."""
    text = hint.__name__ if isinstance(hint, type) and not hasattr(hint, "__args__") else str(hint)
    for prefix in ("domain.fact.", "datetime."):
        text = text.replace(prefix, "")
    return text
