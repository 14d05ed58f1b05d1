"""The network of a suspicion: collector, terminals, payers, cards and households that its records join, masked."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import msgspec
from fastapi import APIRouter
from starlette.responses import Response

from casework.naming import VaultNames
from domain.cases.suspicion_state import SuspicionState
from web.cases import pictures
from web.cases.network import (
    ACCOUNT,
    COLLECTOR,
    HOUSEHOLD,
    PAYER,
    TERMINAL,
    Knot,
    Network,
    households_of,
    names_of,
    network,
)
from web.cases.pieces import pieces
from web.frame.charts import Graph
from web.frame.tables import Cell, table_of
from web.frame.visit import Visit, Visiting

router = APIRouter()
READ = "records.read"
_SUBJECTS = {"collector": COLLECTOR, "terminal": TERMINAL, "payer": PAYER, "card": ACCOUNT, "account": ACCOUNT}


class NetworkPage(msgspec.Struct, frozen=True):
    """Variables of cases/network.html."""

    case: SuspicionState
    graph: Graph
    left_out: int


@router.get("/suspicions/{name}/network")
def show(visit: Visiting, name: str) -> Response:
    """Show the network; names are masked, and that they were looked up is recorded."""
    state = _found(visit, name)
    return visit.page("cases/network.html", NetworkPage(state, *_drawn(visit, state)))


@router.get("/suspicions/{name}/network.csv")
@router.get("/suspicions/{name}/network.xlsx")
def download(visit: Visiting, name: str) -> Response:
    """Give the joins as a file, masked."""
    graph, _ = _drawn(visit, _found(visit, name))
    rows: list[tuple[Cell, ...]] = [
        (*row[:3], int(link.weight)) for row, link in zip(graph.rows(), graph.links, strict=True)
    ]
    return table_of(graph.head(), rows).sent(visit.request.url.path)


def _found(visit: Visit, name: str) -> SuspicionState:
    visit.may(READ)
    return visit.sight.suspicion(visit.seen(), name)


def _drawn(visit: Visit, state: SuspicionState) -> tuple[Graph, int]:
    home, today = visit.service.home, visit.cases().acting.today
    sort = _SUBJECTS.get(state.subject_type)
    with visit.service.facts.look() as facts:
        records = pieces(home.ledger, facts, visit.sight.evidence(state.standing.evidence))
        payers = {piece.person for piece in records if piece.person}
        households = households_of(facts, payers, home.ledger.head(), today)
        found = network(
            Knot(sort, state.subject_id) if sort else None, records, households, names_of(facts, payers)
        )  # fmt: skip
        shown = _shown(visit, facts, found, f"页面查看疑点 {state.suspicion_id} 的关系网络")
    return pictures.drawn(visit.language.say, found, shown), found.left_out


def _shown(visit: Visit, facts: duckdb.DuckDBPyConnection, found: Network, reason: str) -> Callable[[Knot], str]:
    """Return what may be shown of a knot: masked names and accounts, ids of collectors and terminals as they are."""
    facts.execute("SET schema = 'history'")
    vault = VaultNames(visit.service.home, facts, actor=visit.account.name, reason=reason)
    tokens = sorted({found.names[knot] for knot in found.knots if knot in found.names})
    names = vault.masked(tokens, "name") if tokens else {}
    accounts = [knot.id for knot in found.knots if knot.sort == ACCOUNT]
    numbers = vault.masked(accounts, "account") if accounts else {}
    withheld = vault.withheld([knot.id for knot in found.knots if knot.sort == PAYER])
    counted = {knot: place for place, knot in enumerate(sorted(found.knots), start=1)}

    def shown(knot: Knot) -> str:
        if knot.sort == ACCOUNT:
            return numbers.get(knot.id) or f"#{counted[knot]}"
        if knot.sort == HOUSEHOLD:
            return f"#{counted[knot]}"
        name = withheld.get(knot.id) or names.get(found.names.get(knot, ""), "")
        return f"{name} {knot.id}".strip() if knot.sort in (COLLECTOR, TERMINAL) else f"{name} #{counted[knot]}".strip()

    return shown
