"""What people wrote: links that lead somewhere, both READMEs alike, short decisions, policy examples that are read."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from domain.policy import KINDS
from intake.settings import read_dataset, read_policy
from projections.policy.defaults import default_rows
from projections.policy.standing import Change, standing_rows
from tests.docs.pages import READMES, ROOT, anchors, blocks, commands, links, pages, text_of, written

MACHINE = re.compile(r"(?<![\w.])/(?:work|tmp|home|root|Users|mnt|private|var/folders)/|[A-Z]:\\\\")
HEADINGS = ["## Context", "## Decision", "## Consequences", "## What else was looked at"]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_resolves(page: Path) -> None:
    broken = []
    for link in links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", [*pages(), *(ROOT / "docs").rglob("*.svg")], ids=lambda page: page.name)
def test_no_page_names_a_path_of_a_machine(page: Path) -> None:
    assert MACHINE.findall(text_of(page)) == []


def test_every_written_page_is_reached_from_the_index() -> None:
    reached, waiting = set(), [ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "docs" / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]
    assert [str(page.relative_to(ROOT)) for page in written() if page not in reached] == []


def made(page: Path) -> list[str]:
    """Return every `make` target that the page names."""
    return sorted(set(re.findall(r"`(make \w+)`", text_of(page))))


def without_words(command: str) -> str:
    """Return a command with its quoted words blanked: they are in the page's language."""
    return re.sub(r'"[^"]*"', '""', command)


def test_both_readmes_name_the_same_commands() -> None:
    english, chinese = READMES
    assert commands(english) == commands(chinese)
    assert made(english) == made(chinese) == ["make demo", "make test"]
    assert len(text_of(english).splitlines()) <= 100


def test_both_quickstarts_name_the_same_commands() -> None:
    english, chinese = (commands(ROOT / "docs" / name) for name in ("quickstart.md", "quickstart.zh-CN.md"))
    assert list(map(without_words, english)) == list(map(without_words, chinese))


def test_the_make_targets_exist() -> None:
    makefile = text_of(ROOT / "Makefile")
    named = {target for page in written() for target in made(page)}
    assert [target for target in named if f"\n{target.removeprefix('make ')}:" not in makefile] == []


def test_every_decision_has_its_headings_and_fits_forty_lines() -> None:
    for page in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
        lines = text_of(page).splitlines()
        assert len(lines) <= 40, page.name
        assert [line for line in lines if line.startswith("## ")] == HEADINGS, page.name
        assert lines[0].startswith(f"# {page.name[:4]} "), page.name


def test_the_first_page_of_the_documentation_leads_to_every_other() -> None:
    index = text_of(ROOT / "docs" / "README.md")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert [name for name in sorted(pages) if f"]({name}" not in index] == []


def test_the_index_of_decisions_names_every_one() -> None:
    folder = ROOT / "docs" / "decisions"
    index = text_of(folder / "README.md")
    assert [page.name for page in sorted(folder.glob("0*.md")) if f"]({page.name})" not in index] == []


@pytest.mark.parametrize("number", [0, 1])
def test_the_policy_examples_are_read_and_take_effect(tmp_path: Path, number: int) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(blocks(ROOT / "docs" / "policy.md", "yaml")[number], encoding="utf-8")
    rows = read_policy(file)
    changes = [Change(row.kind, row.values, row.who, row.why, row.valid_from) for row in rows]
    standing, before = standing_rows("653123", changes), default_rows("653123")
    assert {kind for kind in KINDS if standing[kind] != before[kind]} == {row.kind for row in rows}


def test_the_working_day_that_policy_sets_is_no_longer_provisional(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(blocks(ROOT / "docs" / "policy.md", "yaml")[1], encoding="utf-8")
    changes = [Change(row.kind, row.values, row.who, row.why, row.valid_from) for row in read_policy(file)]
    days = {row[1]: row for row in standing_rows("653123", changes)["working_day"]}
    assert days[date(2027, 1, 1)][2] is False
    assert days[date(2027, 2, 6)][2] is True
    assert days[date(2027, 2, 6)][4] is False
    assert days[date(2027, 2, 8)][4] is True


def test_the_dataset_example_is_read(tmp_path: Path) -> None:
    (tmp_path / "dataset.yaml").write_text(blocks(ROOT / "docs" / "data-in.md", "yaml")[0], encoding="utf-8")
    dataset = read_dataset(tmp_path)
    assert dataset.county is not None
    assert dataset.clock_shift_hours == 2
