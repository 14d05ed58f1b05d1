"""Whose turn it is: what other records' names are looked up in is read to its end before the others begin."""

from __future__ import annotations

from consumers.client import Member, Place
from consumers.topics import place_of
from intake.registers import FIRST


class Turns:
    """Holds the other partitions of a member while registers that stood there when it got them are unread."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._own: set[Place] = set()
        self._unread: dict[Place, int] = {}
        """Partitions of registers to the end that they had when this member got them."""

    def waiting(self) -> set[Place]:
        """Return the partitions that have to wait now; Unreachable."""
        own = self._member.assignment()
        if own != self._own:
            registers = [place for place in own if place_of(place.topic) < len(FIRST)]
            self._unread = self._member.ends(registers) if registers else {}
            self._own = own
        if self._unread:
            at = self._member.positions(self._unread.keys() & own)
            self._unread = {place: end for place, end in self._unread.items() if at.get(place, 0) < end}
        return {place for place in own if place_of(place.topic) >= len(FIRST)} if self._unread else set()
