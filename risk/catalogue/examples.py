"""The runner of examples.toml: each example's rows in an otherwise empty world, the findings compared to the row."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import get_args

import msgspec

from domain.errors import MingzhangError
from risk.catalogue.card import Severity
from risk.catalogue.example_form import Cell, Example, Row, read_examples
from risk.catalogue.example_rows import ExampleWorld
from risk.catalogue.rule import EXAMPLES, RULES, Rule, UnknownRule, read_rule, rule_folders
from risk.catalogue.side_by_side import movable, moved, moved_back
from risk.catalogue.world import SharedView, build_views, new_world, shared_views, views_read
from risk.engine import Argument, Arguments, DuckDBEngine, Engine

Found = dict[str, object]
CLOSE = 0.000001
"""Floats are rounded to six places on output."""


class Trial(msgspec.Struct, frozen=True):
    """How an example went: the differences, none where it passed."""

    rule: str
    example: str
    problems: tuple[str, ...]
    found: tuple[Found, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the findings are exactly those expected."""
        return not self.problems


@cache
def shared_world() -> ExampleWorld:
    """Return this process's world, built once."""
    return ExampleWorld(new_world())


@cache
def _views() -> tuple[SharedView, ...]:
    return shared_views()


def findings_of(rule: Rule, example: Example, world: ExampleWorld | None = None) -> list[Found]:
    """Return what the rule finds in the example's rows; the world is left as it was.

    Errors: MalformedRule, QueryFailed.
    """
    with shown_in(rule, [example], world) as engine:
        return findings_in(engine, rule, arguments_of(rule, example))


def findings_in(engine: Engine, rule: Rule, arguments: Arguments) -> list[Found]:
    """Return what the rule finds in a world that an engine shows, in order. Errors: QueryFailed."""
    rows: list[Found] = engine.run(rule.sql, arguments).to_pylist()
    return _ordered(rows)


def found_side_by_side(rule: Rule, examples: Sequence[Example], world: ExampleWorld | None = None) -> list[list[Found]]:
    """Return what the rule finds in each example's rows, as findings_of does one by one and many times slower.

    The examples that can move stand in one world, each in a county of its own. Errors: MalformedRule, QueryFailed.
    """
    beside = moved([example for example in examples if movable(example)])
    found = iter(_found_in(rule, beside, world).values())
    return [next(found) if movable(example) else findings_of(rule, example, world) for example in examples]


def _found_in(rule: Rule, beside: Mapping[str, Example], world: ExampleWorld | None) -> dict[str, list[Found]]:
    """Return what is found in each county, moved back; what is found in none of them belongs to all.

    The views are built once, and the rule runs once for each day and set of parameters.
    """
    rows: dict[str, list[Found]] = {county: [] for county in beside}
    with shown_in(rule, list(beside.values()), world) as engine:
        for arguments, counties in _by_arguments(rule, beside):
            for row in engine.run(rule.sql, arguments).to_pylist():
                for county in counties & {row["county"]} if row["county"] in beside else counties:
                    rows[county].append({name: moved_back(cell, county) for name, cell in row.items()})
    return {county: _ordered(own) for county, own in rows.items()}


def _by_arguments(rule: Rule, beside: Mapping[str, Example]) -> list[tuple[dict[str, Argument], set[str]]]:
    """Return each day and set of parameters with the counties whose examples have them."""
    groups: list[tuple[dict[str, Argument], set[str]]] = []
    for county, example in beside.items():
        arguments = arguments_of(rule, example)
        same = next((counties for other, counties in groups if other == arguments), None)
        if same is None:
            groups.append((arguments, {county}))
        else:
            same.add(county)
    return groups


def arguments_of(rule: Rule, example: Example) -> dict[str, Argument]:
    """Return the values that the rule runs with in an example."""
    return {**rule.defaults, **example.parameters, "as_of": example.as_of}


def _ordered(rows: list[Found]) -> list[Found]:
    return sorted(rows, key=lambda row: tuple(str(row.get(name)) for name in _ORDER))


@contextmanager
def shown_in(rule: Rule, examples: Sequence[Example], world: ExampleWorld | None = None) -> Iterator[DuckDBEngine]:
    """Give an engine over the examples' rows and the views that the rule reads; then the world is as it was."""
    world = world or shared_world()
    world.connection.execute("BEGIN")
    try:
        world.put(*examples)
        build_views(world.connection, views_read(rule.sql, _views()))
        yield DuckDBEngine(world.connection)
    finally:
        world.connection.execute("ROLLBACK")


_ORDER = ("county", "subject_type", "subject_id", "fee", "fee_year", "occurred_on", "severity", "evidence")


def try_example(rule: Rule, example: Example, world: ExampleWorld | None = None) -> Trial:
    """Run an example and compare: the number of findings exactly, and of each what the example names."""
    try:
        found = findings_of(rule, example, world)
    except MingzhangError as error:
        return Trial(rule.id, example.name, (error.en,))
    return _compared(rule, example, found)


def try_examples(rule: Rule, examples: Sequence[Example], world: ExampleWorld | None = None) -> list[Trial]:
    """Run a rule's examples side by side and compare each; one that differs there is tried by itself, to say why."""
    try:
        results = found_side_by_side(rule, examples, world)
    except MingzhangError:
        return [try_example(rule, example, world) for example in examples]
    trials = [_compared(rule, example, found) for example, found in zip(examples, results, strict=True)]
    return [
        trial if trial.passed else _alone(rule, example, trial, world)
        for example, trial in zip(examples, trials, strict=True)
    ]


def _alone(rule: Rule, example: Example, beside: Trial, world: ExampleWorld | None) -> Trial:
    """Try by itself an example that differs beside others; where it passes, the rule mixes counties."""
    trial = try_example(rule, example, world)
    if not trial.passed:
        return trial
    mixed = "as expected by itself, but not beside the other examples in counties of their own: counties are mixed"
    return Trial(rule.id, example.name, (mixed, *beside.problems), beside.found)


def _compared(rule: Rule, example: Example, found: list[Found]) -> Trial:
    problems = differences(example.findings, found) + [problem for row in found for problem in unsound(rule, row)]
    return Trial(rule.id, example.name, tuple(problems), tuple(found))


def unsound(rule: Rule, found: Found) -> list[str]:
    """Return what no finding may be: more severe than the card says, or with evidence not sorted and distinct."""
    problems = []
    bands = get_args(Severity)
    severity, evidence = found.get("severity"), found.get("evidence")
    if severity not in bands or bands.index(severity) > bands.index(rule.card.severity):
        problems.append(f"severity {severity} is above {rule.card.severity}, the highest that the card names")
    texts = [str(item) for item in evidence] if isinstance(evidence, list) else []
    if not texts or texts != sorted(set(texts)):
        problems.append(f"evidence is not a list of event ids, sorted and distinct: {evidence!r}")
    return problems


def differences(expected: Sequence[Row], found: Sequence[Found]) -> list[str]:
    """Return what differs, in words; each expected finding is met by one found, and none is left over."""
    problems = []
    if len(expected) != len(found):
        problems.append(f"{len(expected)} findings expected, {len(found)} found")
    pairs = _pairing([[not mismatches(row, candidate) for candidate in found] for row in expected])
    rest = [place for place in range(len(found)) if place not in pairs.values()]
    for place, row in enumerate(expected):
        if place not in pairs:
            nearest = min(
                (mismatches(row, found[other]) for other in rest), key=len, default=["nothing is left to meet it"]
            )
            problems.append(f"finding {place + 1} as expected is not there: {'; '.join(nearest)}")
    if problems:
        problems += [f"found: {_shown(found[other])}" for other in rest]
    return problems


def _pairing(meets: list[list[bool]]) -> dict[int, int]:
    """Return a largest matching of expected to found (augmenting paths), as expected -> found."""
    taken: dict[int, int] = {}

    def give(place: int, seen: set[int]) -> bool:
        for other, fits in enumerate(meets[place]):
            if fits and other not in seen:
                seen.add(other)
                if other not in taken or give(taken[other], seen):
                    taken[other] = place
                    return True
        return False

    for place in range(len(meets)):
        give(place, set())
    return {place: other for other, place in taken.items()}


def mismatches(expected: Mapping[str, Cell], found: Mapping[str, object], within: str = "") -> list[str]:
    """Return the named columns (and keys of details) whose value is another, with both values."""
    problems = []
    for name, value in expected.items():
        if name not in found:
            problems.append(f"{within}{name} is no column of the finding")
            continue
        actual = found[name]
        if isinstance(value, dict) and isinstance(actual, Mapping):
            problems += mismatches(value, actual, f"{within}{name}.")
        elif not _same(value, actual):
            problems.append(f"{within}{name}: {value!r} expected, {actual!r} found")
    return problems


def _same(expected: object, actual: object) -> bool:
    if isinstance(expected, str) and (actual is None or isinstance(actual, date)):
        return expected == "" if actual is None else _same_day(expected, actual)
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, int | float) and isinstance(actual, int | float | Decimal):
        return abs(float(expected) - float(actual)) <= CLOSE
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(_same, expected, actual))
    if isinstance(expected, dict) and isinstance(actual, Mapping):
        return not mismatches(expected, actual)
    return expected == actual


def _same_day(expected: str, actual: date) -> bool:
    try:
        moment = datetime.fromisoformat(expected)
    except ValueError:
        return False
    return (moment if isinstance(actual, datetime) else moment.date()) == actual


def _shown(found: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in found.items())


def chosen_rules(ids: Sequence[str], folder: Path = RULES) -> list[Rule]:
    """Return the rules of these ids (folders not asked for are not read), or all. Errors: UnknownRule."""
    rules = [read_rule(path) for path in rule_folders(folder) if not ids or path.name.split("_", 1)[0] in ids]
    for missing in sorted(set(ids) - {rule.id for rule in rules}):
        raise UnknownRule(missing)
    return rules


def main(arguments: Sequence[str]) -> int:
    """Print how each example of the named rules went (all without a name); 0 where all passed, 1 otherwise."""
    try:
        rules = chosen_rules(arguments)
    except MingzhangError as error:
        sys.stdout.write(f"{error.en}\n")
        return 1
    failed = count = 0
    for rule in rules:
        trials = _shown_trials(rule)
        count += len(trials)
        failed += sum(not trial.passed for trial in trials)
    sys.stdout.write(f"{count - failed} of {count} examples pass\n")
    return 1 if failed else 0


def _shown_trials(rule: Rule) -> list[Trial]:
    """Try a rule's examples, printing each; an examples.toml that cannot be read is one that failed."""
    try:
        examples = read_examples(rule.folder)
    except MingzhangError as error:
        sys.stdout.write(f"FAIL  {rule.id}  {error.en}\n")
        return [Trial(rule.id, EXAMPLES, (error.en,))]
    trials = try_examples(rule, examples)
    for example, trial in zip(examples, trials, strict=True):
        sys.stdout.write(f"{'pass' if trial.passed else 'FAIL'}  {rule.id}  {example.kind:16}  {example.name}\n")
        sys.stdout.writelines(f"      {problem}\n" for problem in trial.problems)
    sys.stdout.flush()
    return trials


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
