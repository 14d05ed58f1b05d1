"""A person's own rights in what the vault holds: erased for good, restricted for a time, released; by two persons."""

from __future__ import annotations

from eventsourcing.utils import register_topic

from domain.fact import Fact

ERASED = "person.Erased.v1"
RESTRICTED = "person.Restricted.v1"
RELEASED = "person.Released.v1"
PROPOSED = "person.DecisionProposed.v1"
WITHDRAWN = "person.DecisionWithdrawn.v1"


class PersonEvent(Fact, frozen=True):
    """Something was decided, or is to be, about a subject of the vault."""

    subject: str
    """As the vault calls it: a person's token, or name:<token>, file:<sha256> ..."""
    reason: str


class DecisionProposed(PersonEvent, frozen=True):
    """Somebody wants a subject erased, restricted or released, and another person is to agree; nothing is done yet."""

    decision: str
    """erase, restrict or release."""


class DecisionWithdrawn(PersonEvent, frozen=True):
    """What was proposed is not to be done."""


class PersonErased(PersonEvent, frozen=True):
    """A subject's secret was ordered destroyed, and with it all that the vault holds of the subject, for good."""

    second: str
    """The other person: who proposed it, where the envelope's actor agreed; in earlier events one who was named."""


class PersonRestricted(PersonEvent, frozen=True):
    """A subject's entries may not be revealed until they are released again."""

    second: str
    """The other person: who proposed it, where the envelope's actor agreed; in earlier events one who was named."""


class PersonReleased(PersonEvent, frozen=True):
    """A restriction was lifted."""

    second: str
    """The other person: who proposed it, where the envelope's actor agreed; in earlier events one who was named."""


register_topic(ERASED, PersonErased)
register_topic(RESTRICTED, PersonRestricted)
register_topic(RELEASED, PersonReleased)
register_topic(PROPOSED, DecisionProposed)
register_topic(WITHDRAWN, DecisionWithdrawn)
