"""What a chart shows, as a value: the numbers for charts.js, and the same numbers as the table beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar

import msgspec

_UNSAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
Number = float | None


class Inert(str):
    """JSON in which nothing can end the block that it stands in: templates take it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return it for a template."""
        return str(self)


class Series(msgspec.Struct, frozen=True):
    """Numbers under one name, one per place on the axis; None where there is none."""

    name: str
    values: tuple[Number, ...]


class Band(msgspec.Struct, frozen=True):
    """Between which values the peers lie, per place on the axis."""

    name: str
    low: tuple[Number, ...]
    high: tuple[Number, ...]


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """What all charts have; each kind adds `head` and `rows`, the table of its numbers."""

    texts: ClassVar[int] = 1
    """Columns at the beginning of the table that are no numbers."""
    title: str
    unit: str = ""
    decimals: int = 0

    def data(self) -> Inert:
        """Return it as JSON for a block in a page."""
        return Inert(json.dumps(msgspec.to_builtins(self)).translate(_UNSAFE))

    def shown(self, value: Number) -> str:
        """Return a number as the table shows it."""
        return "—" if value is None else f"{value:,.{self.decimals}f}"


class Plot(Drawing, frozen=True, kw_only=True):
    """Series over one axis."""

    axis: str
    """What the axis is called."""
    x: tuple[str, ...]
    series: tuple[Series, ...]
    band: Band | None = None

    def head(self) -> tuple[str, ...]:
        """Return the axis and the names of the series."""
        return self.axis, *(each.name for each in self.series), *([self.band.name] if self.band else [])

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield a row per place on the axis."""
        for place, name in enumerate(self.x):
            found = [self.shown(each.values[place]) for each in self.series]
            if self.band is not None:
                low, high = self.band.low[place], self.band.high[place]
                found.append(self.shown(low) if low == high else f"{self.shown(low)} – {self.shown(high)}")
            yield name, *found


class Line(Plot, frozen=True, kw_only=True, tag_field="kind", tag="line"):
    """Lines, with the band in which the peers lie."""


class Bars(Plot, frozen=True, kw_only=True, tag_field="kind", tag="bars"):
    """Bars side by side, or on each other."""

    stacked: bool = False


class Node(msgspec.Struct, frozen=True):
    """Somebody or something in a network."""

    id: str
    name: str
    sort: int
    """Place in the network's `sorts`."""


class Link(msgspec.Struct, frozen=True):
    """What joins two nodes."""

    source: str
    target: str
    words: str
    """What joins them."""
    weight: float
    """How many records, or how much money: the width of the line."""


class Graph(Drawing, frozen=True, kw_only=True, tag_field="kind", tag="graph"):
    """A network."""

    texts: ClassVar[int] = 3
    sorts: tuple[str, ...]
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    columns: tuple[str, str, str, str]
    """Headings of the table: from, to, what joins them, how much."""

    def head(self) -> tuple[str, ...]:
        """Return the headings of the links."""
        return self.columns

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield a row per link."""
        names = {node.id: f"{self.sorts[node.sort]} {node.name}" for node in self.nodes}
        for link in self.links:
            yield names[link.source], names[link.target], link.words, self.shown(link.weight)
