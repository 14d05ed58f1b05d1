"""The tables that a page shows, as one file: whoever may see the page may take them along."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import PurePosixPath

from starlette.responses import Response

from web.frame.tables import KINDS, Cell, table_of

ASKED = "as"
"""Of the query: `as=csv` or `as=xlsx` gives the tables instead of the page."""
_NUMBER = re.compile(r"-?\d{1,3}(?:,\d{3})*(?:\.\d+)?|-?\d+(?:\.\d+)?")
_HEADINGS = ("h1", "h2", "h3", "caption")


class Tables(HTMLParser):
    """Rows of all tables of a page, each table under the heading before it and apart from the next by an empty row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[Cell]] = []
        self._row: list[Cell] | None = None
        self._heading = self._text = ""
        self._numeric = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a cell."""
        if tag == "table":
            self.rows += [[], [self._heading]] if self.rows else [[self._heading]]
        elif tag == "tr":
            self._row = []
        elif tag in ("th", "td", *_HEADINGS):
            self._text, self._numeric = "", "number" in (dict(attrs).get("class") or "").split()
        elif tag in ("br", "small", "a", "span"):
            self._text += " "

    def handle_data(self, data: str) -> None:
        """Add to the text that is being read."""
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        """End a cell, a row or a heading."""
        text = " ".join(self._text.split())
        if tag in _HEADINGS:
            self._heading = text
        elif tag in ("th", "td") and self._row is not None:
            self._row.append(_number(text) if tag == "td" and self._numeric else text)
        elif tag == "tr" and self._row is not None:
            self.rows.append(self._row)
            self._row = None


def tables_asked(path: str, asked: str | None, html: str) -> Response | None:
    """Return a page's tables as the file that was asked for; None where the page itself was."""
    if asked not in KINDS:
        return None
    found = Tables()
    found.feed(html)
    width = max(map(len, found.rows), default=1)
    title, *rows = found.rows or [[""]]
    columns = [str(cell) for cell in title] + [""] * (width - len(title))
    return table_of(columns, rows).sent(f"{PurePosixPath(path).name or 'mingzhang'}.{asked}")


def _number(text: str) -> Cell:
    """Return a figure as a number, anything else as it stands."""
    if not _NUMBER.fullmatch(text):
        return text
    plain = text.replace(",", "")
    return float(plain) if "." in plain else int(plain)
