"""docs/generated/records.md: every record type and field, with its headings and how it stands in the ledger."""

from __future__ import annotations

from domain.contract import RECORD_TYPES
from domain.form import ACCOUNT, IDENTITY, NAME, PLAIN, SEALED, Field, RecordType
from mingzhang.documented.markdown import code, table
from mingzhang.documented.markdown import page as page_of

STANDS = {
    PLAIN: "原样 as it is",
    IDENTITY: "身份令牌 identity token",
    NAME: "姓名令牌 name token",
    ACCOUNT: "账户令牌 account token",
    SEALED: "密文散列 keyed hash; the text is in the vault",
}
_HEAD = ("字段 field", "中文表头 headings", "类型 type", "必填 required", "账本中 in the ledger", "读模型列 column")
_INTRO = """一种记录一个文件：`<类型>.csv`（或 .xlsx、.xls、.jsonl、.parquet），可分成 `<类型>-*.csv` 多个文件。
表头用英文字段名，或下列任一中文名；输出时用第一个。格式与拒收：[data-in](../data-in.md)。

One file per record type: `<type>.csv` (or .xlsx, .xls, .jsonl, .parquet), in several parts as `<type>-*.csv`.
A heading is the field's name or any of its Chinese names; the first one is used on output.
Formats and refusals: [data-in](../data-in.md)."""


def page() -> str:
    """Return the page."""
    index = table(
        ("类型 type", "名称 name", "以何日期为准 dated by"),
        ([f"[{name}](#{name})", kind.zh, code(kind.own_date)] for name, kind in RECORD_TYPES.items()),
    )
    return page_of("记录类型 / Record types", _INTRO, index, *(_section(kind) for kind in RECORD_TYPES.values()))


def _section(kind: RecordType) -> str:
    told = f"{kind.zh} · events `{kind.topic}.Recorded.v1`, `{kind.topic}.Amended.v1` · table `{kind.table}`"
    choices = [_choices(field) for field in kind.fields if field.values]
    return "\n\n".join([f"## {kind.name}", told, table(_HEAD, map(_row, kind.fields)), "\n".join(choices)]).rstrip()


def _row(field: Field) -> tuple[str, ...]:
    kind = f"list of {field.of}" if field.type == "list" and field.of else field.type
    default = "否 no" if field.default is None else f"否，默认 default `{field.default}`"
    need = "是 yes" if field.required else default
    return code(field.name), "、".join(field.zh), kind, need, STANDS[field.stands], code(field.column)


def _choices(field: Field) -> str:
    """Return one line with the values of an enum field, each with its Chinese names."""
    names: dict[str, list[str]] = {value: [] for value in field.values}
    for zh, value in field.zh_values.items():
        names[value].append(zh)
    listed = "；".join(f"`{value}` {'、'.join(zh)}".rstrip() for value, zh in names.items())
    return f"- `{field.name}`: {listed}"
