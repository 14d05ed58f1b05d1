"""Free texts of casework: sealed in the vault under the case's own name; the ledger holds a keyed hash."""

from __future__ import annotations

import unicodedata

from casework.cases.store import Cases
from domain.errors import Malformed

TEXT = "text"
LONGEST = 4_000
"""Characters of a note."""


def plain(text: str) -> str:
    """Return a text without blanks and punctuation, widths folded: what two answers are compared by."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def seal_note(cases: Cases, subject: str, text: str) -> str:
    """Seal a reason or note under `note:<subject>` and return its keyed hash; Malformed where it is empty or too long.

    `subject`: the stream and version of the event that it belongs to.
    """
    said = text.strip()
    if not said:
        raise Malformed("必须写明理由或说明", "a reason or note is needed")
    if len(said) > LONGEST:
        raise Malformed(
            f"说明有 {len(said)} 个字，最多 {LONGEST} 个", f"the note has {len(said)} characters; at most {LONGEST}"
        )
    cases.home.vault.put([(f"note:{subject}", TEXT, said)])
    return cases.home.tokens.text(plain(said))
