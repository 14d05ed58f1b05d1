"""The checks that hold the grains to their order: card, both queries, what evidence names, and the examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from domain.contract import RECORD_TYPES
from domain.errors import MingzhangError
from risk.anomaly.feature_card import Feature
from risk.anomaly.feature_examples import examples_of, problems
from risk.anomaly.features import (
    CARD,
    EVIDENCE,
    EVIDENCE_COLUMNS,
    EXAMPLES,
    FEATURES,
    KEYS,
    QUERY,
    Grain,
    NotFeatures,
    read_grain,
)
from risk.catalogue.card import Bilingual
from risk.catalogue.checks.catalogue import check_sql, empty_world, world_tables
from risk.catalogue.checks.query import Query, read_query
from risk.catalogue.issue import Issue, issue_of
from risk.catalogue.places import Step, line_of
from risk.catalogue.rule import MalformedRule
from risk.engine import Arguments, DuckDBEngine, QueryFailed

ASKED = frozenset({"counties", "subjects", "periods", "most"})
"""Parameters of evidence.sql: three lists of equal length, one row asked for in each place, and the most records."""
MIN_EXAMPLES = 2
_CHINESE = re.compile(r"[一-鿿]")
_ENGLISH = re.compile(r"[A-Za-z]")
_DATES = ("period_from", "period_to")
_COUNTS = ("n", "size")
_AS_OF = date(2026, 1, 10)


def check_features(folder: Path = FEATURES, *, examples: bool = True) -> list[Issue]:
    """Return every issue of the grains of a folder, by file and line; none means all is well.

    `examples`: whether their examples are run as well.
    """
    issues: list[Issue] = []
    for path in sorted(folder.glob(f"*/{CARD}")):
        try:
            issues += check_grain(read_grain(path.parent), examples=examples)
        except MalformedRule as error:
            issues.append(issue_of(error))
    return sorted(issues)


def check_grain(grain: Grain, *, examples: bool = True) -> list[Issue]:
    """Return every issue of one grain."""
    issues = [*check_card(grain), *check_shown(grain), *(failing_examples(grain) if examples else ())]
    measured = read_query(grain.folder / QUERY, grain.sql)
    shown = read_query(grain.folder / EVIDENCE, grain.evidence_sql)
    issues += [measured] if isinstance(measured, Issue) else list(_check_measured(grain, measured))
    issues += [shown] if isinstance(shown, Issue) else list(_check_evidence(grain, shown))
    return sorted(issues)


def check_card(grain: Grain) -> Iterator[Issue]:
    """Yield what is wrong in features.toml."""
    expected = f"_{grain.id.replace('-', '_')}"
    if not re.fullmatch(rf"[0-9]{{2}}{expected}", grain.folder.name):
        zh, en = f"文件夹应名为 NN{expected}", f"the folder is to be named NN{expected}"
        yield _at(grain, ("id",), "folder", zh, en)
    for name in grain.needs:
        if name not in RECORD_TYPES:
            yield _at(grain, ("needs",), "needs", f"没有数据种类 {name}", f"{name} is no record type")
    names = [feature.name for feature in grain.features]
    for place, feature in enumerate(grain.features):
        if names.count(feature.name) > 1 or feature.name in KEYS:
            zh, en = f"特征 {feature.name} 重名", f"the name {feature.name} is taken"
            yield _at(grain, ("features", place, "name"), "feature-name", zh, en)
        yield from _sound(grain, place, feature)
    for steps, text in _texts(grain):
        if not _CHINESE.search(text.zh) or not _ENGLISH.search(text.en):
            zh, en = "缺少中文或英文", "a text lacks its Chinese or its English"
            yield _at(grain, steps, "languages", zh, en)


def _sound(grain: Grain, place: int, feature: Feature) -> Iterator[Issue]:
    if feature.min_n < 1 or feature.floor <= 0 or feature.shrinkage < 0:
        zh, en = "min_n 至少为 1，floor 大于 0，shrinkage 不为负", "min_n from 1, floor above 0, shrinkage from 0"
        yield _at(grain, ("features", place, "floor"), "limits", zh, en)
    if feature.shrinkage > 0 and feature.unit != "share":
        zh, en = f"{feature.name} 不是占比，不能收缩", f"{feature.name} is no share and cannot be shrunk"
        yield _at(grain, ("features", place, "shrinkage"), "limits", zh, en)
    if not feature.innocent:
        zh, en = f"{feature.name} 没有正当情形", f"{feature.name} has no innocent explanation"
        yield _at(grain, ("features", place, "name"), "innocent", zh, en)


def _texts(grain: Grain) -> Iterator[tuple[tuple[Step, ...], Bilingual]]:
    yield ("title",), grain.card.title
    yield ("row",), grain.card.row
    for place, feature in enumerate(grain.features):
        yield ("features", place, "title"), feature.title
        yield ("features", place, "why"), feature.why
        for innocent in feature.innocent:
            yield ("features", place, "innocent"), Bilingual(innocent.zh, innocent.en)
            yield ("features", place, "innocent"), innocent.proof


def _check_measured(grain: Grain, query: Query) -> Iterator[Issue]:
    yield from check_sql(query, world_tables())
    yield from _parameters(query, frozenset({"as_of"}))
    if not grain.fits(query.tree.named_selects):
        wanted = ", ".join((*KEYS, *(feature.name for feature in grain.features), *sorted(grain.counts)))
        zh, en = f"输出列应为 {wanted}", f"the output columns are to be {wanted}"
        yield query.issue(None, "columns", zh, en)
        return
    schema = _run_empty(query, empty_world(), {"as_of": _AS_OF})
    if isinstance(schema, Issue):
        yield schema
        return
    for column in schema:
        if not _fits(grain, column.name, column.type):
            zh, en = f"{column.name} 的类型不应为 {column.type}", f"{column.name} has the wrong type {column.type}"
            yield query.issue(None, "types", zh, en)


def _fits(grain: Grain, name: str, kind: pa.DataType) -> bool:
    if name in _DATES:
        return pa.types.is_date32(kind)
    if name in _COUNTS or name in grain.counts:
        return pa.types.is_int64(kind)
    return pa.types.is_string(kind) if name in KEYS else pa.types.is_float64(kind)


def _check_evidence(grain: Grain, query: Query) -> Iterator[Issue]:
    yield from check_sql(query, world_tables())
    yield from _parameters(query, ASKED | {"as_of"})
    if tuple(query.tree.named_selects) != EVIDENCE_COLUMNS:
        wanted = ", ".join(EVIDENCE_COLUMNS)
        yield query.issue(None, "columns", f"输出列应为 {wanted}", f"the output columns are to be {wanted}")
        return
    named = {
        alias.this.name
        for alias in query.tree.find_all(exp.Alias)
        if alias.alias == "feature" and isinstance(alias.this, exp.Literal)
    }
    declared = {feature.name for feature in grain.features}
    for name in sorted(declared ^ named):
        zh, en = f"{name} 没有证据或不是特征", f"{name} has no evidence, or is no feature"
        yield query.issue(None, "evidence", zh, en)
    asked: Arguments = {"counties": ["0"], "subjects": ["0"], "periods": ["0"], "most": 1, "as_of": _AS_OF}
    ran = _run_empty(query, empty_world(), asked)
    if isinstance(ran, Issue):
        yield ran


def _parameters(query: Query, known: frozenset[str]) -> Iterator[Issue]:
    for name in sorted(query.parameters - known):
        yield query.issue(None, "parameters", f"参数 ${name} 不可用", f"there is no parameter ${name}")


def _run_empty(query: Query, world: duckdb.DuckDBPyConnection, parameters: Arguments) -> pa.Schema | Issue:
    """Return what the query gives on the empty world, or why it does not run."""
    try:
        return DuckDBEngine(world).run(query.sql, parameters).schema
    except QueryFailed as error:
        return query.issue(None, "runs", f"无法运行：{error.problem}", f"does not run: {error.problem}")


def check_shown(grain: Grain) -> Iterator[Issue]:
    """Yield what the examples do not show."""
    path = grain.folder / EXAMPLES
    try:
        examples = examples_of(grain)
    except MalformedRule as error:
        yield issue_of(error)
        return
    if len(examples) < MIN_EXAMPLES:
        zh, en = f"至少 {MIN_EXAMPLES} 个示例", f"at least {MIN_EXAMPLES} examples are wanted"
        yield Issue(path, 1, "examples", zh, en)
    rows = [row for example in examples for row in example.findings]
    for feature in grain.features:
        if all(row.get(feature.name, "") == "" for row in rows):
            zh, en = f"没有示例给出 {feature.name} 的值", f"no example gives a value of {feature.name}"
            yield Issue(path, 1, "examples", zh, en)
    if not any(row.get(feature.name) == "" for row in rows for feature in grain.features):
        yield Issue(path, 1, "examples", "没有数据不足的示例", "no example shows too little data")


def failing_examples(grain: Grain) -> Iterator[Issue]:
    """Yield where the examples differ from what the grain's query gives; those that cannot be read are left out."""
    try:
        examples = examples_of(grain)
    except MalformedRule:
        return
    for example in examples:
        try:
            differing = problems(grain, example)
        except MingzhangError as error:
            differing = [error.en]
        except NotFeatures as error:
            differing = [str(error)]
        for problem in differing:
            yield Issue(example.file, example.line, "example", f"示例 {example.name} 不符：{problem}", problem)


def _at(grain: Grain, steps: tuple[Step, ...], check: str, zh: str, en: str) -> Issue:
    path = grain.folder / CARD
    return Issue(path, line_of(path.read_text("utf-8"), steps), check, zh, en)
