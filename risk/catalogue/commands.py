"""What the command `mingzhang rules` does, as plain functions: list, show, check, explain, by data or by example."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb
import msgspec

from domain.errors import NotFound
from risk.catalogue.checks.catalogue import accept_catalogue, check_catalogue, check_rule
from risk.catalogue.example_form import read_examples
from risk.catalogue.examples import arguments_of, findings_in, shown_in, try_examples
from risk.catalogue.issue import Issue, issue_of
from risk.catalogue.pages import rule_page
from risk.catalogue.rule import RULES, Catalogue, MalformedRule, Rule, read_rule, rule_folders
from risk.catalogue.worked import Language
from risk.catalogue.world import COUNTY, VIEWS
from risk.engine import Argument, Arguments, DuckDBEngine, Engine
from risk.steps import StepRows, Subject, run_steps
from risk.thresholds import Thresholds, values_for


class RuleLine(msgspec.Struct, frozen=True):
    """One line of the list of rules."""

    id: str
    version: int
    status: str
    category: str
    severity: str
    addressee: str
    title: str


class Explanation(msgspec.Struct, frozen=True):
    """A rule followed for one subject, with the values that it ran with."""

    rule: str
    subject: Subject
    parameters: dict[str, Argument]
    steps: tuple[StepRows, ...]


def list_rules(catalogue: Catalogue, language: Language = "zh") -> list[RuleLine]:
    """Return one line per rule, by id."""
    return [
        RuleLine(
            rule.id, rule.version, rule.card.status, rule.card.category, rule.card.severity, rule.card.addressee,
            rule.card.title.zh if language == "zh" else rule.card.title.en,
        )
        for rule in catalogue.rules
    ]  # fmt: skip


def show_rule(catalogue: Catalogue, rule: str, language: Language = "zh") -> str:
    """Return a rule's page with its query. Errors: UnknownRule."""
    found = catalogue[rule]
    return f"{rule_page(found, language)}\n```sql\n{found.sql.rstrip()}\n```\n"


def check_rules(
    folder: Path = RULES, views: Path = VIEWS, *, accept: bool = False, examples: bool = True
) -> list[Issue]:
    """Return every issue of the rules and views, failing examples among them; none means all is well.

    `accept` first writes the locks of rules that are new or whose version was raised.
    """
    refused = accept_catalogue(folder) if accept else []
    issues = {*refused, *check_catalogue(folder, views)}
    if examples:
        issues |= set(failing_examples(folder))
    return sorted(issues)


def check_folder(folder: Path) -> list[Issue]:
    """Return every issue of one rule's folder by itself, failing examples among them; none means all is well."""
    try:
        rule = read_rule(folder)
        return sorted({*check_rule(rule), *failing_examples_of(rule)})
    except MalformedRule as error:
        return [issue_of(error)]


def failing_examples(folder: Path = RULES) -> list[Issue]:
    """Return an issue for every example that differs; rules that cannot be read are left to the checks."""
    issues: list[Issue] = []
    for path in rule_folders(folder):
        try:
            issues += failing_examples_of(read_rule(path))
        except MalformedRule:
            continue
    return issues


def failing_examples_of(rule: Rule) -> list[Issue]:
    """Return an issue for every example of a rule that differs; MalformedRule where they cannot be read."""
    issues: list[Issue] = []
    examples = read_examples(rule.folder)
    for example, trial in zip(examples, try_examples(rule, examples), strict=True):
        if not trial.passed:
            problems = "; ".join(trial.problems)
            zh, en = f"示例 {example.name} 不符：{problems}", f"the example {example.name} differs: {problems}"
            issues.append(Issue(example.file, example.line, "example", zh, en))
    return issues


def explain(
    connection: duckdb.DuckDBPyConnection, rule: Rule, subject: Subject, as_of: date, thresholds: Thresholds
) -> Explanation:
    """Follow a rule step by step for one subject, over the connection's world. Errors: QueryFailed."""
    values: dict[str, Argument] = {**values_for(rule, subject.county, thresholds), "as_of": as_of}
    return Explanation(rule.id, subject, values, run_steps(DuckDBEngine(connection), rule, values, subject))


class UnknownExample(NotFound):
    """A rule has no example of that name."""

    def __init__(self, rule: str, name: str, names: list[str]) -> None:
        super().__init__(
            f"规则 {rule} 没有示例 {name}；有：{'、'.join(names)}",
            f"the rule {rule} has no example {name}; there are: {', '.join(names)}",
        )


def explain_example(rule: Rule, name: str, subject: str | None = None) -> Explanation:
    """Follow a rule step by step over one of its own examples: for a subject, else for what it finds there first.

    Errors: UnknownExample, MalformedRule, QueryFailed.
    """
    examples = {example.name: example for example in read_examples(rule.folder)}
    if name not in examples:
        raise UnknownExample(rule.id, name, list(examples))
    example = examples[name]
    values = arguments_of(rule, example)
    with shown_in(rule, [example]) as engine:
        named = Subject(COUNTY, rule.card.subject, subject or "")
        asked = named if subject is not None else _found_first(engine, rule, values)
        return Explanation(rule.id, asked, values, run_steps(engine, rule, values, asked))


def _found_first(engine: Engine, rule: Rule, values: Arguments) -> Subject:
    """Return what the first finding is about; a subject of no name where there is none: then all is shown."""
    found = findings_in(engine, rule, values)
    if not found:
        return Subject(COUNTY, "any", "")
    return Subject(str(found[0]["county"]), str(found[0]["subject_type"]), str(found[0]["subject_id"]))


def explanation_text(explanation: Explanation) -> str:
    """Return an explanation as text: each step with its count and the rows shown, one a line."""
    lines = [f"{explanation.rule}  {explanation.subject.subject_type} {explanation.subject.subject_id}"]
    lines.append(", ".join(f"{name}={value}" for name, value in sorted(explanation.parameters.items())))
    for step in explanation.steps:
        where = f" ({step.restricted_to})" if step.restricted_to else ""
        lines.append(f"\n{step.name}: {step.comment}{where}  n={step.count}")
        lines += [f"  {_listed(row)}" for row in step.rows]
        if step.count > len(step.rows):
            lines.append(f"  ... +{step.count - len(step.rows)}")
    return "\n".join(lines) + "\n"


def _listed(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={_written(value)}" for name, value in values.items())


def _written(value: object) -> str:
    """Return a value of a row as a reader of the rule would write it."""
    if value is None:
        return "NULL"
    if isinstance(value, dict):
        return f"{{{_listed(value)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return str(value)
