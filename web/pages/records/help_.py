"""The help, a chapter a page."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from web.frame.visit import Visiting
from web.records.help import CHAPTERS, Chapter, chapter, chapters

router = APIRouter()
READ = "status.read"


class HelpPage(msgspec.Struct, frozen=True):
    """Variables of records/help_.html."""

    name: str
    title: str
    content: str
    """Markup of our own texts."""
    chapters: tuple[Chapter, ...]


@router.get("/help")
def first(visit: Visiting) -> Response:
    """Show the first chapter."""
    return show(visit, CHAPTERS[0])


@router.get("/help/{name}")
def show(visit: Visiting, name: str) -> Response:
    """Show a chapter."""
    visit.may(READ)
    found = chapter(name, visit.language.code)
    page = HelpPage(name, found.title, found.content, chapters(visit.language.code))
    return visit.page("records/help_.html", page)
