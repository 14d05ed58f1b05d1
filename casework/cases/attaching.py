"""Papers to an item: photos and scans that who answers hands in, kept under their hash."""

from __future__ import annotations

from casework.cases.batch import Batch
from casework.cases.store import Cases, stream_of
from domain.cases import suspicion
from domain.cases.suspicion import PaperAttached
from domain.cases.suspicion_state import SuspicionState
from domain.errors import Refused

MOST = 50
"""Papers of one item."""


def attach(cases: Cases, state: SuspicionState, content: bytes, kind: str) -> bool:
    """Attach a file to an item of an issued list; False where it is there already. IllegalMove, Refused, Overtaken.

    The caller has looked at the file: `kind` is what its bytes are.
    """
    if state.list_id is None or state.item is None:
        raise Refused(
            f"疑点 {state.suspicion_id} 不在清单上", f"the suspicion {state.suspicion_id} stands on no list"
        )
    if len(state.papers) >= MOST:
        raise Refused(f"每条最多 {MOST} 个附件", f"at most {MOST} files for an item")
    name = cases.home.objects.put(content)
    if any(paper.object == name and paper.list_id == state.list_id for paper in state.papers):
        return False
    batch = Batch(cases, {state.suspicion_id: state})
    envelope = cases.envelope(state.county, stream_of(suspicion.KIND, state.suspicion_id))
    batch.decide(
        state.suspicion_id, PaperAttached(state.list_id, state.item, name, kind, len(content), envelope=envelope)
    )
    batch.append()
    return True
