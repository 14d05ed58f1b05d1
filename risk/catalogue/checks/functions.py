"""The functions that a query may use: those of allowed_functions.txt, in the forms on which both engines agree."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sqlglot import exp

from risk.catalogue.checks.query import Query
from risk.catalogue.issue import Issue

ALLOWED = Path(__file__).resolve().parent.parent.parent / "allowed_functions.txt"
CLOCKS = frozenset(
    {
        "now", "today", "current_date", "current_time", "current_timestamp", "localtime", "localtimestamp",
        "get_current_time", "get_current_timestamp", "transaction_timestamp", "statement_timestamp", "clock_timestamp",
        "current_localtime", "current_localtimestamp", "utc_timestamp",
    }
)  # fmt: skip
FLOATS = ("DOUBLE", "FLOAT", "REAL")
WHOLE = ("BIGINT", "INT", "INTEGER", "SMALLINT", "TINYINT", "INT128", "HUGEINT", "UBIGINT", "UINT")


class MalformedAllowedFunctions(ValueError):
    """A line of the list of allowed functions that has no note."""

    def __init__(self, file: Path, line: int, text: str) -> None:
        super().__init__(f"{file}, line {line}: 'name: note' expected, found {text!r}")


@cache
def allowed_functions(file: Path = ALLOWED) -> dict[str, str]:
    """Return the allowed functions with the note that says why; MalformedAllowedFunctions where a note is missing."""
    allowed: dict[str, str] = {}
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, note = line.partition(":")
        if not colon or not note.strip():
            raise MalformedAllowedFunctions(file, number, line)
        allowed[name.strip()] = note.strip()
    return allowed


def written_name(query: Query, function: exp.Func) -> str:
    """Return the function's name as written, in lower case; sqlglot's own where the text is not known."""
    start, end = function.meta.get("start"), function.meta.get("end")
    if isinstance(start, int) and isinstance(end, int):
        text = query.sql[start : end + 1]
        if text.replace("_", "").isalnum():
            return text.lower()
    return function.name.lower() if isinstance(function, exp.Anonymous) else function.sql_name().lower()


def functions_of(query: Query) -> Iterator[tuple[exp.Func, str]]:
    """Yield every function with its written name; AND, OR and the branches of CASE are none."""
    for function in query.tree.find_all(exp.Func):
        if isinstance(function, exp.Connector) or (
            isinstance(function, exp.If) and isinstance(function.parent, exp.Case)
        ):
            continue
        yield function, written_name(query, function)


def clock(query: Query) -> Iterator[Issue]:
    """Refuse a clock: what a rule finds depends on $as_of alone."""
    for function, name in functions_of(query):
        if name in CLOCKS:
            yield query.issue(
                function, "clock", f"使用了时钟 {name}，应使用 $as_of", f"reads the clock ({name}); use $as_of"
            )
    for cast in query.tree.find_all(exp.Cast):
        text = cast.this.name.lower() if isinstance(cast.this, exp.Literal) else ""
        if text in ("now", "today", "yesterday", "tomorrow", "epoch"):
            yield query.issue(cast, "clock", f"使用了时钟 '{text}'", f"reads the clock ('{text}')")


def only_allowed(query: Query) -> Iterator[Issue]:
    """Refuse functions that are not in allowed_functions.txt."""
    allowed = allowed_functions()
    for function, name in functions_of(query):
        if name not in allowed and name not in CLOCKS:
            yield query.issue(
                function, "function", f"函数 {name} 不在允许之列", f"{name} is not in allowed_functions.txt"
            )


def agreeing_lists(query: Query) -> Iterator[Issue]:
    """Refuse lists in forms on which DuckDB and Spark differ, or which differ from run to run."""
    for lists in query.tree.find_all(exp.ArrayAgg):
        if not (isinstance(lists.this, exp.Distinct) and isinstance(lists.parent, exp.ArraySort)):
            yield query.issue(
                lists, "form", "列表只能写作 list_sort(list(DISTINCT x))", "lists only as list_sort(list(DISTINCT x))"
            )
    for items in query.tree.find_all(exp.Array):
        if not all(isinstance(item, exp.Literal) for item in items.expressions):
            zh, en = "写出的列表只能含常量", "a list written out holds constants only"
            yield query.issue(items, "form", zh, en)
    for slices in query.tree.find_all(exp.Slice):
        yield query.issue(slices, "form", "不得使用切片", "slices differ between the engines")


def agreeing_aggregates(query: Query) -> Iterator[Issue]:
    """Refuse aggregates and differences that the engines take differently."""
    for order in query.tree.find_all(exp.Order):
        if isinstance(order.parent, exp.AggFunc | exp.WithinGroup):
            yield query.issue(
                order, "form", "聚合函数内不得 ORDER BY", "ORDER BY inside an aggregate is dropped by Spark"
            )
    for difference in query.tree.find_all(exp.DateDiff):
        unit = difference.args.get("unit")
        if unit is None or unit.name.lower() != "day":
            yield query.issue(difference, "form", "datediff 只能按 'day'", "datediff only with 'day'")
    for count in query.tree.find_all(exp.Count):
        if isinstance(count.this, exp.Distinct) and isinstance(_over(count), exp.Window):
            yield query.issue(count, "form", "窗口内不得 count(DISTINCT)", "count(DISTINCT) over a window differs")


def _over(aggregate: exp.Expr) -> exp.Expr | None:
    parent = aggregate.parent
    return parent.parent if isinstance(parent, exp.Filter) else parent


def exact_numbers(query: Query) -> Iterator[Issue]:
    """Refuse aggregates over floats, and floats made integers."""
    for aggregate in query.tree.find_all(exp.Sum, exp.Avg, exp.Variance, exp.Stddev):
        if any(_is_float(part) for part in aggregate.find_all(exp.Cast, exp.Div)):
            zh, en = "不得对浮点数聚合，应以整数计算", "float aggregates differ from run to run; use integers"
            yield query.issue(aggregate, "float", zh, en)
    for cast in query.tree.find_all(exp.Cast):
        inner = cast.this.this if isinstance(cast.this, exp.Paren) else cast.this
        if str(cast.to.this.name if hasattr(cast.to.this, "name") else cast.to.this).upper() in WHOLE and _is_float(
            inner
        ):
            yield query.issue(
                cast, "float", "浮点数转整数在两种引擎上不同", "double to integer differs between the engines"
            )


def _is_float(node: exp.Expr) -> bool:
    if isinstance(node, exp.Div):
        return not isinstance(node, exp.IntDiv)
    return isinstance(node, exp.Cast) and node.to.sql("duckdb").upper() in FLOATS
