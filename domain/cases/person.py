"""A person's own rights in what the vault holds: erased for good, restricted for a time, released again."""

from __future__ import annotations

from eventsourcing.utils import register_topic

from domain.fact import Fact

ERASED = "person.Erased.v1"
RESTRICTED = "person.Restricted.v1"
RELEASED = "person.Released.v1"


class PersonErased(Fact, frozen=True):
    """A subject's secret was ordered destroyed, and with it all that the vault holds of the subject, for good."""

    subject: str
    """As the vault calls it: a person's token, or name:<token>, file:<sha256> ..."""
    reason: str
    second: str
    """The second person who agreed; another than the envelope's actor."""


class PersonRestricted(Fact, frozen=True):
    """A subject's entries may not be revealed until they are released again."""

    subject: str
    """As the vault calls it."""
    reason: str
    second: str
    """The second person who agreed; another than the envelope's actor."""


class PersonReleased(Fact, frozen=True):
    """A restriction was lifted."""

    subject: str
    """As the vault calls it."""
    reason: str
    second: str
    """The second person who agreed; another than the envelope's actor."""


register_topic(ERASED, PersonErased)
register_topic(RESTRICTED, PersonRestricted)
register_topic(RELEASED, PersonReleased)
