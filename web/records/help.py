"""The help: chapters written in Markdown, one text per language, and which section of them is about a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from domain.errors import NotFound
from web.records.help_tables import filled

TEXTS = Path(__file__).parents[1] / "help"
CHAPTERS = ("start", "pages", "words", "numbers", "states")
PAGES, OVERVIEW = "pages", "overview"
_ID = re.compile(r"\s*\{#([a-z0-9-]+)\}$")
_CHINESE = re.compile(r"[\u4e00-\u9fff](?:[\u4e00-\u9fff、，（）/]*[\u4e00-\u9fff）])?")


class Chapter(NamedTuple):
    """A chapter in one language."""

    name: str
    title: str
    content: str
    """Markup, made of the chapter's own text with everything escaped."""
    sections: tuple[tuple[str, str], ...]
    """Id and heading of each section, in order."""


def chapter(name: str, code: str) -> Chapter:
    """Return a chapter in a language; NotFound."""
    if name not in CHAPTERS:
        raise NotFound(f"帮助中没有 {name}", f"the help has no {name}")
    return _read(name, code)


def chapters(code: str) -> tuple[Chapter, ...]:
    """Return all chapters in their order."""
    return tuple(_read(name, code) for name in CHAPTERS)


@cache
def sections() -> frozenset[str]:
    """Return the ids of the sections about pages."""
    return frozenset(anchor for anchor, _ in _read(PAGES, "zh").sections)


def section_of(path: str) -> str:
    """Return the id of the section that a page belongs to: the first part of its address."""
    return path.partition("?")[0].strip("/").partition("/")[0].partition(".")[0] or OVERVIEW


def help_address(path: str) -> str:
    """Return where the help speaks of a page, the first chapter where it has no section of its own."""
    anchor = section_of(path)
    return f"/help/{PAGES}#{anchor}" if anchor in sections() else "/help"


@cache
def _read(name: str, code: str) -> Chapter:
    text = (TEXTS / code / f"{name}.md").read_text(encoding="utf-8")
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(filled(text, code))
    title, found = "", list[tuple[str, str]]()
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        words, anchor = _heading(tokens[place + 1])
        if token.tag == "h1":
            title = words
        elif anchor:
            token.attrSet("id", anchor)
            if token.tag == "h2":
                found.append((anchor, words))
    html = _rendered(parser, tokens)
    return Chapter(name, title, html if code == "zh" else _marked(html), tuple(found))


def _heading(inline: Token) -> tuple[str, str]:
    """Take the id out of a heading; return its words and the id, "" without one."""
    match = _ID.search(inline.content)
    if match is None:
        return inline.content, ""
    for child in inline.children or ():
        child.content = _ID.sub("", child.content)
    return inline.content[: match.start()], match.group(1)


def _rendered(parser: MarkdownIt, tokens: Sequence[Token]) -> str:
    found = parser.renderer.render(tokens, parser.options, {})
    return str(found).replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")


def _marked(html: str) -> str:
    """Mark Chinese words in an English text as what they are."""
    return _CHINESE.sub(lambda match: f'<span lang="zh">{match.group()}</span>', html)
