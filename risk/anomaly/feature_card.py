"""What features.toml says about a grain: whose rows, who their peers are, and of each feature its sense and limits."""

from __future__ import annotations

from typing import Literal

import msgspec

from risk.catalogue.card import Basis, Bilingual

Direction = Literal["high", "low", "both"]
Key = Literal["township", "fee", "size", "period"]


class Explanation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An innocent explanation to check first, with the document that would prove it."""

    zh: str
    en: str
    proof: Bilingual


class Feature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measure of a subject's behaviour."""

    name: str
    unit: str
    """share (0 to 1), hours, days, yuan, ratio, or what is counted."""
    direction: Direction
    """Which side is suspicious."""
    min_n: int
    """Records below which there is too little data."""
    floor: float
    """A difference in the unit that is none to a person; no spread among peers is taken for smaller."""
    title: Bilingual
    why: Bilingual
    innocent: tuple[Explanation, ...]
    of: str = "n"
    """The column that counts the records it rests on."""
    shrinkage: float = 0.0
    """Of a share: how many records of the peers' average are added to its own."""
    basis: tuple[Basis, ...] = ()


class GrainCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of features.toml."""

    id: str
    version: int
    subject: Literal["collector", "terminal", "account", "village"]
    title: Bilingual
    row: Bilingual
    """What one row is, and what `n` and `size` count."""
    needs: tuple[str, ...]
    peers: tuple[tuple[Key, ...], ...]
    """Peer groups within the county, the nearest first; the first with enough peers is taken."""
    features: tuple[Feature, ...]
