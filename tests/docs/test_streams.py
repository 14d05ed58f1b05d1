"""The document of the streams, and the settings: nothing that the program reads is missing in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from consumers.metrics import STREAM_FIGURES
from domain.contract import RECORD_TYPES
from mingzhang.documented.asyncapi import document
from tests.docs.pages import ROOT, text_of, written

ASYNCAPI = ROOT / "docs" / "asyncapi.yaml"
PACKAGES = ("mingzhang", "web", "consumers", "casework", "intake", "risk", "projections", "ledger")
_SETTING = re.compile(r"\bMINGZHANG_[A-Z_]+\b")


def references(node: object) -> Iterator[str]:
    """Yield every $ref below a node."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield str(value)
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_the_document_is_what_the_program_says_now() -> None:
    assert yaml.safe_load(text_of(ASYNCAPI)) == document()


def test_every_reference_leads_somewhere() -> None:
    read = yaml.safe_load(text_of(ASYNCAPI))
    found = set(references(read))
    assert len(found) > 3 * len(RECORD_TYPES)
    for reference in found:
        node = read
        for part in reference.removeprefix("#/").split("/"):
            assert part in node, reference
            node = node[part]


def test_every_record_type_has_its_channel_operation_and_fields() -> None:
    read = yaml.safe_load(text_of(ASYNCAPI))
    assert read["asyncapi"] == "3.0.0"
    for name, kind in RECORD_TYPES.items():
        assert read["channels"][name]["address"] == f"collection.{name}"
        assert read["operations"][f"consume-{name}"]["action"] == "receive"
        schema = read["components"]["schemas"][name]
        assert set(schema["properties"]) == {field.name for field in kind.fields} | {"contract"}
        assert schema["required"] == [field.name for field in kind.fields if field.required]
        for field in kind.fields:
            assert set(field.values) <= set(schema["properties"][field.name].get("enum", []))
    addresses = {channel["address"] for channel in read["channels"].values()}
    assert {"collection.dead-letter", "suspicion-events", "suspicion-lists"} <= addresses


def test_every_setting_of_the_program_is_documented() -> None:
    read = {
        name
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for name in _SETTING.findall(path.read_text(encoding="utf-8"))
    }
    said = {name for page in written() for name in _SETTING.findall(text_of(page))}
    assert sorted(read - said) == []


def test_every_figure_of_the_streams_is_documented() -> None:
    page = text_of(ROOT / "docs" / "streams.md")
    assert [figure.name for figure in STREAM_FIGURES if f"`{figure.name}" not in page] == []
