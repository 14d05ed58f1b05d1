"""The reference pages are what the program says now, and leave nothing of it out."""

from __future__ import annotations

import duckdb
import pytest

from domain.contract import RECORD_TYPES
from domain.policy import KINDS
from ledger.decoding import listed_topics
from mingzhang.documented.commands import commands, parameters
from mingzhang.documented.rules import is_finished
from mingzhang.documented.tables import described
from mingzhang.documents import FOLDER, differing, outputs
from projections.as_of import shared_views
from projections.store import add_comments, open_store
from risk.catalogue.rule import load
from tests.docs.pages import ROOT, text_of


def test_generated_pages_show_no_difference() -> None:
    assert list(map(str, differing(outputs(), FOLDER))) == []


def test_every_command_argument_and_option_is_documented() -> None:
    sections = {part.split("\n", 1)[0]: part for part in text_of(FOLDER / "generated" / "commands.md").split("\n## ")}
    missing = []
    for name, command in commands():
        assert name in sections, name
        for parameter in parameters(command):
            assert parameter.help, f"{name} {parameter.name} has no help"
            names = parameter.opts if parameter.param_type_name == "option" else [parameter.help]
            missing += [f"{name} {each}" for each in names if each not in sections[name]]
    assert missing == []


def test_every_record_type_and_field_is_documented() -> None:
    sections = {part.split("\n", 1)[0]: part for part in text_of(FOLDER / "generated" / "records.md").split("\n## ")}
    for name, kind in RECORD_TYPES.items():
        assert [field.name for field in kind.fields if f"| `{field.name}` |" not in sections[name]] == []


@pytest.fixture
def store() -> duckdb.DuckDBPyConnection:
    opened = open_store(None, threads=1)
    add_comments(opened)
    return opened


def test_every_read_table_and_column_has_a_comment_and_is_documented(store: duckdb.DuckDBPyConnection) -> None:
    page = text_of(FOLDER / "generated" / "tables.md")
    for found in (*described(store, "history"), *described(store, "projection")):
        assert f"### {found.name}\n\n{found.comment}\n" in page
        assert found.comment
        assert [column for column, _, comment in found.columns if not comment or f"| `{column}` |" not in page] == []


def test_every_shared_view_and_policy_table_is_documented() -> None:
    page = text_of(FOLDER / "generated" / "tables.md")
    assert [name for name, _ in shared_views() if f"### {name}\n" not in page] == []
    assert [kind for kind in KINDS if f"### policy.{kind}\n" not in page] == []


def test_every_event_topic_is_documented() -> None:
    page = text_of(FOLDER / "generated" / "events.md")
    assert [topic for topic in listed_topics() if f"`{topic}`" not in page and f"### {topic}\n" not in page] == []


def test_every_rule_is_in_the_index_and_has_its_pages() -> None:
    index = text_of(FOLDER / "rules" / "README.md")
    for rule in load().rules:
        assert rule.card.title.zh in index, rule.id
        if is_finished(rule):
            assert f"[{rule.id}]({rule.id}.md)" in index
            assert (FOLDER / "rules" / f"{rule.id}.en.md").exists()


def test_every_kind_of_policy_has_an_example() -> None:
    page = text_of(ROOT / "docs" / "policy.md")
    assert [kind for kind in KINDS if f"- kind: {kind}\n" not in page] == []
