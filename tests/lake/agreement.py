"""The examples of many rules in one world on both engines, each example in a county of its own, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from risk.catalogue.example_form import Example, read_examples
from risk.catalogue.examples import arguments_of
from risk.catalogue.rule import Rule
from risk.catalogue.side_by_side import movable, moved
from risk.catalogue.world import SharedView, base_tables, shared_views, views_read
from risk.engine import Argument, DuckDBEngine, Engine
from risk.engines.spark import SparkEngine, SparkTables
from risk.engines.spark_world import build_spark_views
from tests.lake.example_world import world_of

PLACES = 6
"""Floats are rounded to so many places on output."""
FOR_TINY_TABLES = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
"""Settings with which Spark spends less on compiling than on running."""


class Held(NamedTuple):
    """A rule with its examples, each by the county in which it stands."""

    rule: Rule
    examples: dict[str, Example]


def held(rules: Sequence[Rule]) -> list[Held]:
    """Return the rules' examples with a county for each, no two alike."""
    own = [(rule, read_examples(rule.folder)) for rule in rules]
    assert [example.name for _, examples in own for example in examples if not movable(example)] == []
    counties = moved([example for _, examples in own for example in examples])
    places = iter(counties.items())
    return [Held(rule, dict(next(places) for _ in examples)) for rule, examples in own]


def groups(rules: Sequence[Rule], examples: int) -> Iterator[list[Rule]]:
    """Yield the rules in groups of up to so many examples: every county brings its calendar."""
    group: list[Rule] = []
    count = 0
    for rule in rules:
        more = len(read_examples(rule.folder))
        if group and count + more > examples:
            yield group
            group, count = [], 0
        group.append(rule)
        count += more
    if group:
        yield group


def disagreeing(rules: Sequence[Rule], tables: SparkTables) -> tuple[list[str], int]:
    """Return what the engines find differently in the examples of the rules, and how many findings there were."""
    every = held(rules)
    read = views_read("\n".join(rule.sql for rule in rules), shared_views())
    duck = world_of([example for one in every for example in one.examples.values()], read)
    spark = copied(duck, tables, read)
    problems, findings = [], 0
    for one in every:
        for arguments in arguments_sets(one):
            ours, theirs = (rows_of(engine, one.rule, arguments) for engine in (duck, spark))
            findings += len(ours)
            problems += [f"{one.rule.id} only DuckDB: {row}" for row in ours if row not in theirs]
            problems += [f"{one.rule.id} only Spark: {row}" for row in theirs if row not in ours]
            problems += [f"{one.rule.id}: {len(ours)} and {len(theirs)} rows"] if len(ours) != len(theirs) else []
    duck.connection.close()
    return problems, findings


def copied(duck: DuckDBEngine, tables: SparkTables, views: tuple[SharedView, ...]) -> SparkEngine:
    """Return Spark with the same base tables, and the views made of them by Spark itself."""
    for name in base_tables():
        tables.rows(name, duck.run(f"SELECT * FROM {name}", {}))
    build_spark_views(tables, views)
    return SparkEngine(tables)


def arguments_sets(one: Held) -> list[dict[str, Argument]]:
    """Return the different days and parameters with which the rule's examples run."""
    different: list[dict[str, Argument]] = []
    for example in one.examples.values():
        arguments = arguments_of(one.rule, example)
        if arguments not in different:
            different.append(arguments)
    return different


def rows_of(engine: Engine, rule: Rule, arguments: dict[str, Argument]) -> list[str]:
    """Return the rows that a rule finds, as text, sorted."""
    found = engine.run(rule.sql, arguments)
    return sorted(str(rounded(row)) for row in found.to_pylist())


def rounded(value: object) -> object:
    """Return the value with its floats rounded, also within."""
    if isinstance(value, float):
        return round(value, PLACES)
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in sorted(value.items())}
    return value
