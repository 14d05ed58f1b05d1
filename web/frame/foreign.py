"""Addresses that somebody else wrote: in a header, a form or another address."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

_NONE = SplitResult("", "", "", "", "")


def parts_of(text: str) -> SplitResult:
    """Return the parts of an address, all of them empty where it is none."""
    try:
        return urlsplit(text)
    except ValueError:
        return _NONE


def own_path(text: str) -> str:
    """Return a path of this service, the first page where the text leads elsewhere."""
    parts = parts_of(text)
    elsewhere = parts.scheme or parts.netloc or not text.startswith("/") or text.startswith("//") or "\\" in text
    return "/" if elsewhere else text
