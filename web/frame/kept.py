"""What somebody had filled in when their session ended: it travels with the sign-in form and stands nowhere else."""

from __future__ import annotations

import msgspec
from starlette.datastructures import FormData
from starlette.requests import Request

from web.frame.foreign import own_path

_SECRETS = ("/password", "/account", "/users", "/sign")
"""Where forms hold passwords, or would be repeated without being seen: nothing of them is kept."""


class Kept(msgspec.Struct, frozen=True):
    """A form that was not taken."""

    path: str
    """Of this service, with its query, where it is to be sent."""
    fields: tuple[tuple[str, str], ...]
    """Name and text, in their order."""
    back: str
    """The page that held it."""

    @property
    def text(self) -> str:
        """The same as one field of another form."""
        return msgspec.json.encode(self).decode()


def keep(request: Request, form: FormData, back: str) -> Kept | None:
    """Return what of a form can be sent again: text without files and passwords; None where nothing can."""
    path = request.url.path
    fields = tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))
    whole = len(fields) == len(form.multi_items())
    if not whole or not any(value for _, value in fields) or path.startswith(_SECRETS):
        return None
    query = request.url.query
    return Kept(f"{path}?{query}" if query else path, fields, back)


def kept_of(text: str) -> Kept | None:
    """Return what came back with a sign-in; None where nothing did, or it leads elsewhere."""
    try:
        found = msgspec.json.decode(text, type=Kept)
    except msgspec.DecodeError:
        return None
    own = all(own_path(path) == path for path in (found.path, found.back))
    return found if own and not found.path.startswith(_SECRETS) else None
