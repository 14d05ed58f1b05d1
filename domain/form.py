"""How the contract describes a record type: its fields, their types, their Chinese headings and values."""

from __future__ import annotations

import msgspec

from domain.fact import Fact

PLAIN, IDENTITY, NAME, ACCOUNT, SEALED = "plain", "identity", "name", "account", "sealed"
"""How a value stands in the ledger: as it is, as a token of one of three spaces, or as a keyed hash of sealed text."""


class Field(msgspec.Struct, frozen=True):
    """One field of a record type."""

    name: str
    type: str
    """string, integer, money, date, datetime, division, identity, bool, list or enum."""
    required: bool = False
    personal: bool = False
    zh: tuple[str, ...] = ()
    """The spreadsheet headings under which it is found; the first is used on output."""
    values: tuple[str, ...] = ()
    zh_values: dict[str, str] = {}
    """Chinese name to value; the first name of a value is used on output."""
    default: str | None = None
    of: str = ""
    """The type of a list's items."""
    stands: str = PLAIN
    column: str = ""
    """Its name in the event and in the read table."""
    term: bool = False
    """A date that sets a limit and may lie in the future; other dates after the as-of day are not yet known."""


class RecordType(msgspec.Struct, frozen=True):
    """One record type: the single definition from which reader, template, tables and docs derive."""

    name: str
    zh: str
    topic: str
    """The first part of its events' topics: payment in payment.Recorded.v1."""
    own_date: str
    """The field that dates the record."""
    fields: tuple[Field, ...]
    recorded: type[Fact]
    amended: type[Fact]

    @property
    def table(self) -> str:
        """The name of its read table."""
        return self.name.replace("-", "_")

    def field(self, name: str) -> Field:
        """Return the field of that name; KeyError where there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)
