"""The last checkpoint of a home in words: how much it covers, its root, and whose signatures it bears."""

from __future__ import annotations

from typing import NamedTuple

from ledger.home import Home
from ledger.merkle.sealer import LOG
from ledger.merkle.tiles import Tiles


class Sealed(NamedTuple):
    """A checkpoint."""

    origin: str
    size: int
    root: str
    """Base64, as the checkpoint has it."""
    content: str
    """The signed note, to the byte."""
    signers: tuple[str, ...]
    """The log's key first where it signed first, then witnesses."""
    witnesses: tuple[str, ...]


def sealed_of(home: Home) -> Sealed | None:
    """Return the last checkpoint, its signature checked; None of a home without a log. Broken, Unreachable."""
    if home.sealer is None:
        return None
    signed = home.sealer.checkpoint()
    lines = signed.content.split("\n")
    signers = tuple(line.split(" ")[1] for line in lines if line.startswith("— "))
    one = signed.checkpoint
    return Sealed(
        one.origin, one.size, lines[2], signed.content, signers, tuple(name for name in signers if name != one.origin)
    )


def log_of(home: Home) -> Tiles:
    """Return the tiles of a home's log."""
    return Tiles(home.folder / LOG)
