"""What came of a suspicion, by whoever looked: the township itself, a reviewer, a spot check or an inspection."""

from __future__ import annotations

from datetime import date

from eventsourcing.utils import register_topic

from domain.fact import Fact

OUTCOMES = ("confirmed", "partly", "cleared", "undecidable")
"""What a check can find; undecidable says nothing either way."""
SOURCES = ("self-check", "review", "spot-check", "inspection")
"""Who looked. A self-check is the word of the township that is being checked."""


class OutcomeRecorded(Fact, frozen=True):
    """One decision about one suspicion; a later one, or one of another source, stands beside it."""

    suspicion_id: str
    outcome: str
    """confirmed, partly, cleared or undecidable."""
    source: str
    """self-check, review, spot-check or inspection."""
    decided_on: date
    category: str | None = None
    """Kind of wrong; None where only the suspicion's number was handed in."""
    subject_type: str | None = None
    subject_id: str | None = None
    """The source's own id or a token, as the suspicion has it; never a person's number."""
    township: str | None = None
    """Nine digits: whose list it stood on."""
    explanation: str | None = None
    """Id of the innocent explanation that was found to hold, as a rule or a feature names it."""
    selection_probability: float | None = None
    """With which probability chance drew it for this check, above 0 and up to 1; None: somebody chose it."""
    amount_fen: int | None = None
    """Money found to be wrong."""


register_topic("outcome.Recorded.v1", OutcomeRecorded)
