"""Writes values as Python literals in the project's form: double quotes, no escapes for Chinese."""

from __future__ import annotations

import json


def literal(value: object) -> str:
    """Return the literal of a string, number, bool, None or tuple."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (tuple, list)):
        inner = ", ".join(literal(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)
