"""The county's seeded chance: the same words give the same course of events, whatever PYTHONHASHSEED says."""

from __future__ import annotations

from random import Random


class Chance(Random):
    """A generator seeded by words, such as the seed of the county and the code of a township."""

    @classmethod
    def of(cls, *words: str | int) -> Chance:
        """Return the generator that belongs to these words."""
        return cls(":".join(map(str, ("mingzhang", *words))))
