"""A file as an answer that a browser saves under a name."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

ANY = "application/octet-stream"


def saved_as(name: str) -> dict[str, str]:
    """Return the header by which a browser saves an answer under a name, in whatever script that is."""
    return {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}


def as_file(name: str, content: bytes, media_type: str = ANY) -> Response:
    """Return a file to be saved under a name."""
    return Response(content, headers=saved_as(name), media_type=media_type)
