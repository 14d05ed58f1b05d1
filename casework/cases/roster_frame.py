"""The frame of a roster for visits and calls: who is asked, because cash with nothing written leaves no other trace."""

from __future__ import annotations

from casework.cases.store import Cases
from casework.runs import last_run
from casework.sampling.frame import Frame
from casework.sampling.rosters import QUERY, frame_of_roster, roster_frame
from domain.errors import Malformed
from projections.as_of import build_world
from projections.models import ReadModels


def roster_of(cases: Cases, named: str) -> Frame:
    """Return the frame of a fee and fee year (resident-medical/2026), as of the newest screening run. Malformed."""
    fee, _, year = named.partition("/")
    if not fee or not year.isdecimal():
        raise Malformed(
            f"名册应写成 费种/年度，如 resident-medical/2026，收到 {named!r}",
            f"a roster is named fee/year, such as resident-medical/2026; found {named!r}",
        )
    run = last_run(cases.home)
    with ReadModels(cases.home.read_models, cases.home.ledger) as models:
        build_world(models.connection, run.event.position, run.event.as_of, queries=[QUERY])
        return frame_of_roster(roster_frame(models.connection, fee, int(year)))
