"""All checks together: over the rules of a folder and the shared views that they read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb

from risk.catalogue.checks.card import check_card, unique_ids
from risk.catalogue.checks.examples import check_examples
from risk.catalogue.checks.functions import agreeing_aggregates, agreeing_lists, clock, exact_numbers, only_allowed
from risk.catalogue.checks.output import output_columns, parameters_declared, runs_empty
from risk.catalogue.checks.query import Query, read_query
from risk.catalogue.checks.shape import county_first, first_comment, no_star, only_tables_of_the_world
from risk.catalogue.example_form import read_examples
from risk.catalogue.issue import Issue, issue_of
from risk.catalogue.lock import accept, check_lock
from risk.catalogue.rule import QUERY, RULES, MalformedRule, Rule, read_rule, rule_folders
from risk.catalogue.world import VIEWS, base_tables, build_views, new_world, shared_views


@cache
def empty_world() -> duckdb.DuckDBPyConnection:
    """Return this process's empty world, built once; a view that cannot be built is left to its own check."""
    world = new_world()
    for view in shared_views():
        try:
            build_views(world, (view,))
        except MalformedRule:
            continue
    return world


def check_catalogue(folder: Path = RULES, views: Path = VIEWS) -> list[Issue]:
    """Return every issue of the rules of a folder and of the shared views, by file and line; none means all is well."""
    issues: list[Issue] = []
    rules: list[Rule] = []
    for path in rule_folders(folder):
        try:
            rules.append(read_rule(path))
        except MalformedRule as error:
            issues.append(issue_of(error))
    issues += unique_ids(tuple(rules))
    for rule in rules:
        issues += check_rule(rule, views)
    return sorted([*issues, *check_views(views)])


def accept_catalogue(folder: Path = RULES) -> list[Issue]:
    """Write the lock of every rule of a folder; return the issues of those whose version was not raised."""
    return [issue for path in rule_folders(folder) for issue in accept(read_rule(path))]


def check_rule(rule: Rule, views: Path = VIEWS) -> list[Issue]:
    """Return every issue of one rule but that of its id among others."""
    issues = list(check_card(rule))
    query = read_query(rule.folder / QUERY, rule.sql)
    if isinstance(query, Issue):
        issues.append(query)
    else:
        issues += check_sql(query, world_tables(views))
        issues += output_columns(query)
        issues += parameters_declared(rule, query)
        issues += runs_empty(rule, query, empty_world())
    try:
        issues += check_examples(rule, read_examples(rule.folder))
        issues += check_lock(rule)
    except MalformedRule as error:
        issues.append(issue_of(error))
    return sorted(issues)


def check_sql(query: Query, world: frozenset[str]) -> Iterator[Issue]:
    """Yield what is wrong in the SQL of a rule or a view, whatever it gives back."""
    yield from first_comment(query)
    yield from no_star(query)
    yield from only_tables_of_the_world(query, world)
    yield from county_first(query)
    yield from clock(query)
    yield from only_allowed(query)
    yield from agreeing_lists(query)
    yield from agreeing_aggregates(query)
    yield from exact_numbers(query)


def check_views(folder: Path = VIEWS) -> list[Issue]:
    """Return every issue of the shared views; one may read only those before it and takes no parameter."""
    issues: list[Issue] = []
    known = set(base_tables())
    for view in shared_views(folder):
        query = read_query(view.path, view.sql)
        if isinstance(query, Issue):
            issues.append(query)
            continue
        issues += check_sql(query, frozenset(known))
        for name in sorted(query.parameters):
            zh, en = f"视图不得使用参数 ${name}", f"a view takes no parameter, not ${name}"
            issues.append(query.issue(None, "parameters", zh, en))
        known.add(view.name)
    return sorted(issues)


def world_tables(views: Path = VIEWS) -> frozenset[str]:
    """Return the names of all that a rule may read: facts, amendments, cases, policy, shared views."""
    return frozenset([*base_tables(), *(view.name for view in shared_views(views))])
