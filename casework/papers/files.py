"""The Word file of a paper, by a library that is loaded when one is made: it takes longer than most commands."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from casework.papers.blocks import Paper


def docx(paper: Paper) -> bytes:
    """Return the paper as a Word file (casework.papers.word)."""
    made: Callable[[Paper], bytes] = import_module("casework.papers.word").docx
    return made(paper)
