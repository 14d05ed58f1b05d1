"""The page that was open before a request, so that what a form brings leads back to a page that can be opened."""

from __future__ import annotations

from fastapi import Request

from web.frame.foreign import own_path, parts_of


def came_from(request: Request) -> str:
    """Return the address of the page that was open before, where it is one of this service; else the first page."""
    referer = parts_of(request.headers.get("referer", ""))
    if referer.netloc != request.headers.get("host", ""):
        return "/"
    return own_path(f"{referer.path}?{referer.query}" if referer.query else referer.path)


def own_address(request: Request) -> str:
    """Return the address at which a page stands: what a form brought stands at the page that held the form.

    Whatever host the request names, it leads to a page of this service.
    """
    if request.method != "GET":
        return came_from(request)
    path, query = str(request.scope["path"]), request.scope["query_string"].decode("latin-1")
    return own_path(f"{path}?{query}" if query else path)
