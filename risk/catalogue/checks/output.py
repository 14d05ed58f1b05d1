"""What a rule gives back: its columns and their types, and that it runs at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import duckdb
import pyarrow as pa
from sqlglot import exp

from risk.catalogue.checks.query import Query
from risk.catalogue.issue import Issue
from risk.catalogue.places import line_of
from risk.catalogue.reasons import MalformedTemplate, names_in
from risk.catalogue.rule import CARD, Rule
from risk.engine import DuckDBEngine, QueryFailed

COLUMNS = (
    "county", "severity", "subject_type", "subject_id", "township", "village", "fee", "fee_year", "amount_at_risk_fen",
    "measure", "threshold", "occurred_on", "evidence", "details",
)  # fmt: skip
"""What every rule returns, in any order."""

TYPES: dict[str, Callable[[pa.DataType], bool]] = {
    "fee_year": pa.types.is_int64,
    "amount_at_risk_fen": pa.types.is_int64,
    "measure": pa.types.is_float64,
    "threshold": pa.types.is_float64,
    "occurred_on": pa.types.is_date32,
    "evidence": pa.types.is_list,
    "details": pa.types.is_struct,
}
"""Of the columns that are no text."""
AS_OF = date(2026, 1, 10)


def output_columns(query: Query) -> Iterator[Issue]:
    """Require exactly the columns that rules.md names, in any order."""
    names = query.tree.named_selects
    for missing in [name for name in COLUMNS if name not in names]:
        yield query.issue(None, "columns", f"缺少输出列 {missing}", f"the output column {missing} is missing")
    for name in dict.fromkeys(names):
        if name not in COLUMNS:
            yield query.issue(_selected(query, name), "columns", f"多余的输出列 {name}", f"{name} is no output column")
        elif names.count(name) > 1:
            zh, en = f"输出列 {name} 重复", f"the output column {name} is there twice"
            yield query.issue(_selected(query, name), "columns", zh, en)


def _selected(query: Query, name: str) -> exp.Expr | None:
    return next((column for column in query.tree.selects if column.alias_or_name == name), None)


def parameters_declared(rule: Rule, query: Query) -> Iterator[Issue]:
    """Require that the parameters declared are those used, $as_of besides, no more and no fewer."""
    declared = {parameter.name for parameter in rule.card.parameters}
    for name in sorted(query.parameters - declared - {"as_of"}):
        node = next((used for used in query.tree.find_all(exp.Placeholder) if used.name == name), None)
        yield query.issue(node, "parameters", f"参数 ${name} 未声明", f"${name} is used but not declared in {CARD}")
    for name in sorted(declared - query.parameters):
        yield query.issue(
            None, "parameters", f"声明的参数 {name} 未使用", f"{name} is declared but ${name} is not used"
        )


def runs_empty(rule: Rule, query: Query, world: duckdb.DuckDBPyConnection) -> Iterator[Issue]:
    """Require that it runs on the empty world and gives the types that every reader of findings expects."""
    try:
        table = DuckDBEngine(world).run(rule.sql, {**rule.defaults, "as_of": AS_OF})
    except QueryFailed as error:
        yield query.issue(None, "runs", f"无法运行：{error.problem}", f"does not run: {error.problem}")
        return
    for field in table.schema:
        fits = TYPES.get(field.name, pa.types.is_string) if field.name in COLUMNS else None
        if fits is not None and not fits(field.type):
            zh, en = f"{field.name} 的类型不应为 {field.type}", f"{field.name} has the wrong type {field.type}"
            yield query.issue(_selected(query, field.name), "types", zh, en)
    yield from reason_names(rule, table.schema)


def reason_names(rule: Rule, schema: pa.Schema) -> Iterator[Issue]:
    """Require that the reason sentences ask only for columns, keys of details, parameters and as_of."""
    kind = schema.field("details").type if "details" in schema.names else None
    keys = {field.name for field in kind} if kind is not None and pa.types.is_struct(kind) else set()
    known = (set(COLUMNS) - {"details"}) | keys | set(rule.defaults) | {"as_of"}
    text = (rule.folder / CARD).read_text("utf-8")
    for language, template in (("zh", rule.card.reason.zh), ("en", rule.card.reason.en)):
        line = line_of(text, ("reason", language))
        try:
            unknown = [name for name in names_in(template) if name not in known]
        except MalformedTemplate as error:
            yield Issue(rule.folder / CARD, line, "reason", f"理由模板有误：{error}", f"malformed template: {error}")
            continue
        for name in unknown:
            zh, en = (
                f"理由模板中的 {{{name}}} 无处可取",
                f"{{{name}}} is neither a column, a key of details nor a parameter",
            )
            yield Issue(rule.folder / CARD, line, "reason", zh, en)
