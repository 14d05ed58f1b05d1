"""Recording what was prepared, in the order of writing: vault, ledger, refusals; and counting what became of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from domain.stream import quoted
from intake.preparing import Prepared
from intake.quarantine import Quarantine
from intake.recording import Recorder
from intake.validation import Refusal
from ledger.home import Home

RowsAt = Callable[[Collection[int]], Mapping[int, Sequence[dict[str, str]]]]
"""Lines of the chunk's place to their rows as text, one per record of the line."""


class Tally(NamedTuple):
    """What became of a chunk's rows: read = appended + repeated + amended + len(refusals)."""

    read: int
    appended: int
    repeated: int
    amended: int
    refusals: list[Refusal]


def take_prepared(home: Home, prepared: Prepared, recorder: Recorder, quarantine: Quarantine, rows_at: RowsAt) -> Tally:
    """Record a chunk; an id that stands for another person is refused with its row, which `rows_at` gives again."""
    home.vault.put(prepared.sealed)
    streams, states, lines = prepared.rows()
    outcome = recorder.record(streams, states)
    refusals = prepared.refusals
    if outcome.clashes:
        rows = rows_at([lines[number] for number in outcome.clashes])
        refusals = refusals + [
            quarantine.clash(
                prepared.place,
                lines[number],
                _row_of(streams[number], rows[lines[number]]),
                shared=len(rows[lines[number]]) > 1,
            )
            for number in outcome.clashes
        ]
    quarantine.refuse(refusals)
    read = len(states) + len(prepared.refusals)
    return Tally(read, outcome.appended, outcome.repeated, outcome.amended, refusals)


def _row_of(stream: str, rows: Sequence[dict[str, str]]) -> dict[str, str]:
    """Return which of a line's rows the stream is of."""
    named = (row for row in rows if stream.endswith(f":{quoted(row.get('record_id', '').strip())}"))
    return next(named, rows[0])
