"""The files of a following process: whole at every moment, first seen kept, foreign content named."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.live import form
from casework.live.form import FIRST_SEEN, Account, LiveFiles
from casework.live.rounds import moves, since_first_seen
from domain.errors import Broken
from risk.screening import FINDINGS
from tests.dying import arm_function
from tests.risk.scoring.rows import finding, findings

AT = datetime(2026, 1, 20, 4, 0, tzinfo=UTC)
ACCOUNT = Account(
    position=7, as_of=date(2026, 1, 20), finished_at=AT, seconds=1.5, outcomes={"A01": "found 2"}, since=AT,
    looked_at=AT, findings="",
)  # fmt: skip


def found(*subjects: str) -> pa.Table:
    """Return findings about subjects, with when they were seen first: now."""
    rows = findings(*(finding(subject_id=subject) for subject in subjects))
    return since_first_seen(rows.select(FINDINGS.names).cast(FINDINGS), None, AT)


def test_what_is_left_is_read_as_it_was(tmp_path: Path) -> None:
    files = LiveFiles(tmp_path)
    assert files.read() is None
    files.make()
    account = files.put(ACCOUNT, found("V01", "V02"))
    standing = files.read()
    assert standing is not None
    assert standing.account == account
    assert standing.findings.equals(found("V01", "V02"))
    later = files.put(msgspec.structs.replace(account, position=9))
    assert (later.findings, files.account()) == (account.findings, later)


@pytest.mark.parametrize(("when", "count"), [("before", 1), ("after", 1), ("before", 2)])
def test_killed_while_it_writes_the_former_findings_stand_whole(tmp_path: Path, when: str, count: int) -> None:
    files = LiveFiles(tmp_path)
    files.make()
    files.put(ACCOUNT, found("V01"))
    before = files.read()
    child = os.fork()
    if child == 0:
        arm_function(form, "replace", when, count)
        files.put(msgspec.structs.replace(ACCOUNT, position=9), found("V01", "V02"))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9
    assert files.read() == before
    files.clear()
    files.put(msgspec.structs.replace(ACCOUNT, position=9), found("V01", "V02"))
    after = files.read()
    assert after is not None
    assert after.findings.num_rows == 2
    assert len(list(files.folder.iterdir())) == 2


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"position": 1}'])
def test_a_foreign_account_is_named(tmp_path: Path, content: bytes) -> None:
    files = LiveFiles(tmp_path)
    files.make()
    files.account_file.write_bytes(content)
    with pytest.raises(Broken, match=r"account\.json"):
        files.read()


def test_findings_that_are_gone_or_others_are_named(tmp_path: Path) -> None:
    files = LiveFiles(tmp_path)
    files.make()
    account = files.put(ACCOUNT, found("V01"))
    (files.folder / account.findings).write_bytes(b"PAR1")
    with pytest.raises(Broken, match="findings-"):
        files.read()
    (files.folder / account.findings).unlink()
    with pytest.raises(Broken, match="is not there"):
        files.read()


NAMES = st.lists(st.sampled_from(["V01", "V02", "V03", "V04"]), max_size=6)


@given(rounds=st.lists(NAMES, min_size=1, max_size=5))
def test_first_seen_is_the_first_round_since_when_it_stood_without_a_break(rounds: list[list[str]]) -> None:
    before: pa.Table | None = None
    since: dict[str, datetime] = {}
    for place, names in enumerate(rounds):
        now = AT + timedelta(seconds=place)
        since = {name: since.get(name, now) for name in names}
        before = since_first_seen(found(*names).drop_columns([FIRST_SEEN]), before, now)
        assert before.column(FIRST_SEEN).to_pylist() == [since[name] for name in names]


def test_what_cannot_change_a_finding_starts_no_round() -> None:
    assert not moves({"user.SignedIn.v1", "access.Recorded.v1"})
    for topic in ("payment.Recorded.v1", "payment-void.Recorded.v1", "policy.Changed.v1", "rule.Promoted.v1"):
        assert moves({"user.SignedIn.v1", topic}), topic
