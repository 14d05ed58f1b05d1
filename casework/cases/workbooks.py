"""A list of the ledger as its workbook: the run's world is built again, so that the texts are those of its issue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from typing import NamedTuple

import duckdb

from casework.answers.given import RefusedWorkbook, ReturnedWorkbook
from casework.answers.reading import read_answers
from casework.cases.store import Cases
from casework.cases.told import told_to
from casework.guides import anomaly_guide, guides_of
from casework.lists.draw import TownshipList
from casework.naming import VaultNames
from casework.rule_life.standing import known_rules
from casework.runs import run_named
from casework.workbook.issue import Issue
from casework.workbook.material import read_material
from casework.workbook.township import list_workbook, village_workbooks
from casework.workbook.visits import visit_workbook
from casework.workbook.wording import Wording, masks_of
from domain.cases.list_state import ListState
from domain.errors import Broken
from ledger.home import Home
from ledger.merkle.checkpoint import read_checkpoint
from ledger.merkle.signing import LogKey, key_of
from projections.as_of import build_world
from projections.models import ReadModels
from risk.anomaly.features import grains
from risk.anomaly.findings import RULE as ANOMALY
from risk.scoring.suspicion import rows

_DIGITS = 12


class Issued(NamedTuple):
    """All that a paper of a list needs."""

    world: duckdb.DuckDBPyConnection
    township: TownshipList
    numbers: tuple[int, ...]
    """Of its items on the list as it was drawn up; those withdrawn before the issue are no part of it."""
    issue: Issue
    wording: Wording
    names: VaultNames


@contextmanager
def issued(
    cases: Cases, list_id: str, reason: str, asked: duckdb.DuckDBPyConnection | None = None
) -> Iterator[Issued]:
    """Open a list as it stands in the ledger; every name that is looked up is recorded. NotFound, Broken.

    `asked`: a connection of its own to read models at the ledger's head, where a process has them open.
    """
    state = cases.one_list(list_id)
    run = run_named(cases.home, state.run)
    found = {each.suspicion_id: each for each in rows(run.suspicions(cases.home))}
    numbers = _numbers(cases, state)
    items = tuple(told_to(found[state.items[number - 1].suspicion_id], state.receiver) for number in numbers)
    township = TownshipList(state.county, state.code, items, state.left_out)
    with _opened(cases.home) if asked is None else nullcontext(asked) as world:
        build_world(world, run.event.position, run.event.as_of, queries=())
        names = VaultNames(cases.home, world, actor=cases.acting.actor, reason=reason)
        material = read_material(world, [township])
        guides = {**guides_of(known_rules(cases.home)), ANOMALY: anomaly_guide(grains())}
        wording = Wording(material, masks_of([township], material, names), guides)
        yield Issued(world, township, numbers, issue_of(cases, state), wording, names)


@contextmanager
def _opened(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with ReadModels(home.read_models, home.ledger) as models:
        yield models.connection


def _numbers(cases: Cases, state: ListState) -> tuple[int, ...]:
    """Return the numbers of the items that stand on a list's papers: what was issued or, before that, is to be."""
    own = state.own(cases.suspicions([item.suspicion_id for item in state.items if not item.copy]))
    standing = [n for n, each in own if (each.issued_on if state.issued_on else each.state == "listed")]
    if any(not item.copy for item in state.items):
        return tuple(standing)
    return tuple(range(1, len(state.items) + 1))


def issue_of(cases: Cases, state: ListState) -> Issue:
    """Return what every paper of a list says about it; before its issue, of today and without number."""
    batch = state.batch or state.list_id
    checkpoint = ""
    if state.checkpoint:
        signed = read_checkpoint(state.checkpoint)
        checkpoint = f"检查点 {signed.checkpoint.size}·{signed.checkpoint.root.hex()[:_DIGITS]}"
    return Issue(
        batch, state.issued_on or cases.acting.today, state.answer_days, list_id=state.list_id, number=state.number,
        checkpoint=checkpoint,
    )  # fmt: skip


def workbook(cases: Cases, list_id: str, asked: duckdb.DuckDBPyConnection | None = None) -> bytes:
    """Return 疑点清单.xlsx of a list, with its signed manifest once it was issued; `asked` as `issued` takes it."""
    with issued(cases, list_id, f"疑点清单 {list_id}", asked) as each:
        return list_workbook(each.township, each.issue, each.wording, _key(cases.home).sign, each.numbers)


def by_village(cases: Cases, list_id: str) -> dict[str, bytes]:
    """Return a workbook per village of a list, "" for the items of no single village."""
    with issued(cases, list_id, f"疑点清单 {list_id}（分村）") as each:
        return village_workbooks(each.township, each.issue, each.wording, _key(cases.home).sign, each.numbers)


def visits(cases: Cases, list_id: str, reason: str) -> tuple[bytes, str]:
    """Return the encrypted 入户核查名单.xlsx of a list and its password, which is nowhere else."""
    with issued(cases, list_id, reason) as each:
        return visit_workbook(each.world, each.township, each.issue, each.wording.material, each.names)


def returned(home: Home, name: str, content: bytes, today: date) -> ReturnedWorkbook | RefusedWorkbook:
    """Read a workbook that came back; nothing is taken yet."""
    return read_answers(name, content, _key(home).signed_here, today)


def _key(home: Home) -> LogKey:
    key = key_of(home.folder)
    if key is None:
        raise Broken(
            f"{home.folder} 没有日志签名密钥，不能签发清单", f"{home.folder} has no key of a log to sign lists with"
        )
    return key

