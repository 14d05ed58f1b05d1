"""The help: a section for every page of the navigation, the same in both languages, and all words explained."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from domain.cases.moves import SUSPICION, SUSPICION_LIST
from domain.cases.permission import ROLES
from tests.web.county import County, browser
from web.cases.labels import LABELS
from web.frame.navigation import pages
from web.records.help import CHAPTERS, chapter, help_address, section_of, sections

LANGUAGES = ("zh", "en")


class Links(HTMLParser):
    """Addresses of links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def in_navigation() -> list[str]:
    return [path for _, entries in pages(str) for path, _, _ in entries]


@pytest.mark.parametrize("path", in_navigation())
def test_every_page_of_the_navigation_has_its_section(path: str) -> None:
    assert section_of(path) in sections(), f"write a section {{#{section_of(path)}}} into web/help/*/pages.md"
    assert help_address(f"{path}?lang=en") == f"/help/pages#{section_of(path)}"


@pytest.mark.parametrize("name", CHAPTERS)
def test_both_languages_have_the_same_sections(name: str) -> None:
    zh, en = (chapter(name, code) for code in LANGUAGES)
    assert [anchor for anchor, _ in zh.sections] == [anchor for anchor, _ in en.sections]
    assert zh.title != en.title
    for each in (zh, en):
        assert each.title
        assert all(f'id="{anchor}"' in each.content for anchor, _ in each.sections)
        assert "{#" not in each.content
        assert "[[" not in each.content


def test_every_page_leads_to_its_section_and_from_there_nowhere_wrong(county: County) -> None:
    clerk = browser(county, "clerk")
    for path, section in (("/", "overview"), ("/suspicions", "suspicions"), (f"/lists/{county.own.list_id}", "lists")):
        assert f'href="/help/pages#{section}"' in clerk.get(path).text
    analyst = browser(county, "analyst")
    wrong = []
    for name in CHAPTERS:
        links = Links()
        links.feed(str(chapter(name, "zh").content) + str(chapter(name, "en").content))
        own = {link for link in links.found if link.startswith("/")}
        wrong += [link for link in sorted(own) if analyst.get(link).status_code not in (200, 403)]
    assert wrong == []


def test_every_state_kind_and_role_is_explained_in_both_languages() -> None:
    for place, code in enumerate(LANGUAGES):
        text = re.sub(r"<[^>]*>", "", chapter("states", code).content)
        words = [*SUSPICION.states.values(), *SUSPICION_LIST.states.values(), *ROLES.values()]
        words += [*LABELS["category"].values(), *LABELS["severity"].values(), *LABELS["result"].values()]
        assert [pair[place] for pair in words if pair[place] not in text] == []


def test_words_and_numbers_have_as_many_rows_in_both_languages() -> None:
    for name in ("words", "numbers", "start"):
        counts = [str(chapter(name, code).content).count("<tr>") for code in LANGUAGES]
        assert max(counts) - min(counts) <= 2, (name, counts)


def test_an_unknown_chapter_is_no_page(county: County) -> None:
    assert browser(county, "clerk").get("/help/nothing").status_code == 404
