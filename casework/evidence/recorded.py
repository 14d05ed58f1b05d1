"""What goes into the pack of a suspicion that the ledger itself keeps: no folder of the run is needed.

The single findings stand only in the run's folder; finding.json has the suspicion with its reasons, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from casework.evidence.chosen import Chosen, rules_of
from casework.outputs import line_of
from casework.runs import Run
from domain.errors import Broken
from ledger.home import Home
from ledger.log import Recorded
from risk.scoring.suspicion import Suspicion

ATTACHMENTS = "attachments/"
_LEFT_OUT = "the single findings stand in the run's findings.parquet, whose hash its event names"


def choose_recorded(home: Home, run: Run, suspicion: Suspicion, attachments: Mapping[str, bytes]) -> Chosen:
    """Return a suspicion as a run of this home stated it; `attachments`: file name to content. Broken."""
    line = msgspec.json.encode(line_of(suspicion, run.event.model))
    content = msgspec.json.encode({"suspicion": msgspec.Raw(line), "left_out": _LEFT_OUT})
    files = {
        "finding.json": msgspec.json.format(content, indent=2),
        **rules_of(home, run.event, suspicion.rules),
        **{f"{ATTACHMENTS}{name}": data for name, data in sorted(attachments.items())},
    }
    return Chosen(suspicion.suspicion_id, _recorded(home, run), suspicion.evidence, files)


def _recorded(home: Home, run: Run) -> Recorded:
    stream, _, version = run.event_id.rpartition("@")
    for recorded in home.ledger.versions([stream]).get(stream, []):
        if recorded.version == int(version):
            return recorded
    raise Broken(f"账本中没有筛查 {run.event_id}", f"the ledger has no screening run {run.event_id}")
