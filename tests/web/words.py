"""Every sentence that templates and modules of the pages say through the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from babel.messages.extract import extract_from_file
from jinja2.ext import babel_extract

from web.frame.navigation import pages

WEB = Path(__file__).resolve().parents[2] / "web"


def spoken() -> set[str]:
    """Return the sentences, as they stand in the source."""
    found: set[str] = set()
    for path in (WEB / "templates").rglob("*.html"):
        with path.open("rb") as file:
            found |= _texts(babel_extract(file, ["_"], [], {}))
    for path in WEB.rglob("*.py"):
        found |= _texts(extract_from_file("python", path, keywords={"say": None}))
    return found


def in_navigation() -> set[str]:
    """Return the words of the navigation, which stand in the catalogue under a context of their own."""
    found: set[str] = set()

    def called(text: str) -> str:
        found.add(text)
        return text

    pages(called)
    return found


def _texts(extracted: Iterable[tuple[object, ...]]) -> set[str]:
    """Return the texts of what an extractor gives; where they stand in it depends on the extractor and the call."""
    cells = [cell for row in extracted for given in row for cell in (given if isinstance(given, tuple) else (given,))]
    return {cell for cell in cells if isinstance(cell, str) and cell not in {"_", "say"}}
