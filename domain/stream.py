"""Names of streams: `<type>:<source>:<id>`, in which ':' and '%' inside a part are percent-encoded."""

from __future__ import annotations

_QUOTED = str.maketrans({"%": "%25", ":": "%3A"})


def quoted(part: str) -> str:
    """Return a part of a stream's name with its own ':' and '%' percent-encoded."""
    return part.translate(_QUOTED) if ":" in part or "%" in part else part


def unquoted(part: str) -> str:
    """Return a part of a stream's name as it was before it was quoted, by whatever letters."""
    return part.replace("%3A", ":").replace("%3a", ":").replace("%25", "%") if "%" in part else part
