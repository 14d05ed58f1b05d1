"""Screening while records come, over a home that grows: what is found, kept, leaves, waits and ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.live.form import FIRST_SEEN, Account, LiveFiles
from consumers import metrics
from consumers.consuming import Outlook
from consumers.following import Following
from consumers.metrics import FOLLOW_FIGURES
from consumers.stopping import Stop
from domain.errors import Broken, NotFound, Unreachable
from ledger.home import Home
from ledger.log import StoredRow
from tests.county import data_folder, payment, take
from tests.docs.pages import ROOT, text_of

RULE = "B07"
AT = datetime(2026, 1, 20, 4, 0, tzinfo=UTC)
LATE = payment("P9", 9, paid_at="2026-01-19T10:00:00+08:00", posted_on="")
TWICE = payment("P2", 1, paid_at="2025-11-04T10:20:30+08:00")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with Home.open(tmp_path / "home") as opened:
        take(opened, data_folder(tmp_path / "data", payments=[payment("P1"), LATE]))
        yield opened


class Process:
    """A following process in this one: what it told, its figures, its clock."""

    def __init__(self, home: Home, now: datetime = AT, rules: tuple[str, ...] = (RULE,)) -> None:
        self.registry, self.stop, self.now = metrics.follow(), Stop(), now
        self.told: list[str] = []
        outlook = Outlook(self.registry, self.stop, lambda _, en: self.told.append(en), 0.0)
        self.following = Following(home, outlook, lambda: self.now, rules)

    def run(self) -> Account:
        self.following.run()
        assert self.following.account is not None
        return self.following.account


def seen(home: Home) -> dict[tuple[str, int], datetime]:
    """Return the findings that stand, by rule and fee year, with when they were seen first."""
    standing = LiveFiles(home.folder).read()
    assert standing is not None
    rows = standing.findings.select(["rule", "fee_year", FIRST_SEEN]).to_pylist()
    return {(row["rule"], row["fee_year"]): row[FIRST_SEEN] for row in rows}


def test_a_finding_comes_keeps_its_time_over_a_restart_and_leaves_when_it_is_voided(
    home: Home, tmp_path: Path
) -> None:
    first = Process(home)
    assert first.following.step()
    assert seen(home) == {}
    take(home, data_folder(tmp_path / "more", payments=[TWICE]))
    first.now = AT + timedelta(hours=1)
    assert first.following.step()
    assert seen(home) == {(RULE, 2026): first.now}
    assert first.registry.value(metrics.FOLLOW_FINDINGS, rule=RULE) == 1
    first.following.close()
    second = Process(home, AT + timedelta(hours=2))
    second.following.step()
    assert seen(home) == {(RULE, 2026): AT + timedelta(hours=1)}
    assert second.following.account is not None
    assert (second.following.account.since, second.following.account.outcomes) == (AT, {RULE: "found 1"})
    void = {"record_id": "Z1", "payment_id": "P2", "voided_at": "2025-11-05 09:00", "reason": "重复"}
    take(home, data_folder(tmp_path / "void", payment_voids=[void]))
    assert second.run().outcomes == {RULE: "none"}
    assert seen(home) == {}
    assert "0 findings new, 1 gone, 0 in all" in second.told[-1]


def test_it_records_nothing_waits_for_what_is_away_and_leaves_others_out(home: Home) -> None:
    head, process, files = home.ledger.head(), Process(home), LiveFiles(home.folder)
    aside = files.folder.rename(files.folder.with_name("aside"))
    process.following.attempt()
    assert "cannot be read or written" in process.told[0]
    assert process.registry.value(metrics.WAITING) == 1
    aside.rename(files.folder)
    assert process.following.attempt()
    assert process.registry.value(metrics.WAITING) == 0
    assert (home.ledger.head(), process.following.rounds) == (head, 1)
    home.ledger.append([StoredRow("user:x", 1, "user.SignedIn.v1", b"{}")])
    assert not process.following.step()
    with pytest.raises(Unreachable, match="another process"):
        Process(home)
    account = process.run()
    assert (account.position, account.stopped_at, process.following.rounds) == (head + 1, AT, 1)
    wider = Process(home, AT + timedelta(hours=1), (RULE, "H02")).run()
    assert (wider.since, wider.rules) == (AT + timedelta(hours=1), (RULE, "H02"))


def test_a_foreign_file_and_an_unknown_rule_end_it_with_what_to_do(home: Home) -> None:
    with pytest.raises(NotFound, match="Z99"):
        Process(home, rules=("Z99",)).run()
    LiveFiles(home.folder).account_file.write_bytes(b"{}")
    for _ in range(2):
        with pytest.raises(Broken, match="delete"):
            Process(home)


def test_every_figure_is_documented() -> None:
    said = text_of(ROOT / "docs" / "streams.md")
    assert [figure.name for figure in FOLLOW_FIGURES if f"`{figure.name}" not in said] == []
