"""Chinese as the pages are written, English through a gettext catalogue; which of them a browser wants."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.requests import Request

COOKIE = "language"
CATALOGUES = Path(__file__).parents[1] / "translations"
NAVIGATION = "navigation"
"""Context of the catalogue's entries for the words of the navigation: English has a plural for pages of many."""


class Language(NamedTuple):
    """A language of the pages."""

    code: str
    tag: str
    """As HTML names it."""
    words: NullTranslations

    def say(self, text: str, **values: object) -> str:
        """Return a sentence of the pages, %(names)s filled in."""
        return self.words.gettext(text) % values if values else self.words.gettext(text)

    def called(self, text: str) -> str:
        """Return what the navigation calls a page, which need not be what the same word says in a sentence."""
        return self.words.pgettext(NAVIGATION, text)

    def pick(self, zh: str, en: str) -> str:
        """Return the one of two texts."""
        return zh if self.code == "zh" else en


@cache
def languages() -> dict[str, Language]:
    """Return the languages by code, the first being that of who says nothing."""
    return {
        "zh": Language("zh", "zh-CN", NullTranslations()),
        "en": Language("en", "en", _compiled(CATALOGUES / "en")),
    }


def language_of(request: Request) -> Language:
    """Return the language that the address asks for, else the one asked for last, else Chinese."""
    known = languages()
    for code in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if code in known:
            return known[code]
    return known["zh"]


def catalogue(folder: Path) -> Catalog:
    """Return the sentences of a language, which stand in a file for each group of pages."""
    joined = Catalog(locale=folder.name)
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            for each in read_po(file, locale=folder.name):
                if each.id:
                    joined.add(each.id, each.string, flags=each.flags, context=each.context)
    return joined


def _compiled(folder: Path) -> GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, catalogue(folder))
    compiled.seek(0)
    return GNUTranslations(compiled)
