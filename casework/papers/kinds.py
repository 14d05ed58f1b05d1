"""The kinds of file in which a paper is given, by the ending of its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from domain.errors import Malformed

Maker = TypeVar("Maker")


def maker_of(kind: str, makers: Mapping[str, Maker]) -> Maker:
    """Return what makes that kind of file (an ending without its dot); Malformed where nothing does."""
    if kind not in makers:
        endings = [f".{name}" for name in makers]
        raise Malformed(
            f"文件名应以 {'、'.join(endings)} 结尾，得到 .{kind}",
            f"a name that ends in {' or '.join(endings)} expected, got .{kind}",
        )
    return makers[kind]
