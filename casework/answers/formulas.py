"""Where formulas and errors stand on a sheet: neither is anybody's answer, and nothing here evaluates a formula."""

from __future__ import annotations

import msgspec


class Formulas(msgspec.Struct):
    """The cells of a sheet whose value nobody typed; rows and columns are zero-based."""

    cells: set[tuple[int, int]] = msgspec.field(default_factory=set)
    areas: list[tuple[int, int, int, int]] = []
    """Top, left, bottom, right of array formulas and data tables: only their first cell says that it is one."""
    errors: set[tuple[int, int]] = msgspec.field(default_factory=set)
    """Cells with an error such as #REF!, which the reader of values gives as empty."""

    def at(self, row: int, column: int) -> bool:
        """Say whether the cell holds a formula or a part of one's result."""
        if not self.cells:  # an area has its first cell here too
            return False
        if (row, column) in self.cells:
            return True
        return any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in self.areas)
