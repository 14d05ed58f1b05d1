from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from consumers.topics import EVENTS, LISTS
from domain.cases.screening import ScreeningRun
from domain.fact import Envelope
from ledger.home import Home
from ledger.log import StoredRow
from tests.casework.cases.made import TOWNSHIP, home_at, issued
from tests.county import data_folder, number, payment, take
from tests.program import run
from tests.risk.scoring.rows import finding
from tests.servers.streams import Streams

AT = datetime(2026, 1, 20, 4, 0, tzinfo=UTC)


def screened(home: Path, *runs: str) -> None:
    """Append screenings as `screen` does."""
    opened = Home.open(home)
    for name in runs:
        event = ScreeningRun(
            position=1, as_of=date(2026, 1, 20), rules={"A01": "1:abc"}, parameters={}, outcomes={"A01": "found 1"},
            findings=1, suspicions=1, suspicions_sha256="0" * 64,
            envelope=Envelope("mingzhang", "653123", AT, "王某", f"screening:{name}", name),
        )  # fmt: skip
        opened.ledger.append([StoredRow(f"screening:{name}", 1, "screening.Run.v1", msgspec.json.encode(event))])
    opened.close()


def publish(streams: Streams, home: Path) -> str:
    ran = run("publish", "--until-idle", "0.2", "--home", home, env=streams.environment)
    assert ran.code == 0, ran.err
    return ran.out


def test_screenings_are_published_once_in_order_and_records_never(streams: Streams, tmp_path: Path) -> None:
    home = tmp_path / "home"
    opened = Home.open(home)
    take(opened, data_folder(tmp_path / "data", payments=[payment("P1")]))
    opened.close()
    screened(home, "a", "b")
    assert publish(streams, home) == "2\n"
    screened(home, "c")
    assert publish(streams, home) == "1\n"
    assert publish(streams, home) == "0\n"
    found = streams.read(EVENTS)
    assert [each.key for each in found] == ["screening:a@1", "screening:b@1", "screening:c@1"]
    value = json.loads(found[0].value or b"")
    assert (value["event_id"], value["type"], value["county"]) == ("screening:a@1", "screening.Run.v1", "653123")
    assert value["data"]["suspicions"] == 1
    assert found[0].headers == {
        "event_id": "screening:a@1", "type": "screening.Run.v1", "position": str(value["position"]),
    }  # fmt: skip
    assert "王某" not in (found[0].value or b"").decode()


def test_without_its_position_all_is_published_again_under_the_same_ids(streams: Streams, tmp_path: Path) -> None:
    home = tmp_path / "home"
    screened(home, "a", "b")
    publish(streams, home)
    (home / "published.json").unlink()
    publish(streams, home)
    assert [each.key for each in streams.read(EVENTS)] == ["screening:a@1", "screening:b@1"] * 2


def test_an_issued_list_arrives_once_masked_and_with_its_checkpoint(streams: Streams, tmp_path: Path) -> None:
    with home_at(tmp_path) as opened:
        state = issued(opened, finding(), finding(subject_id="V02"))
        issued(opened, finding(addressee="discipline", subject_id="V03"))
    home = tmp_path / "home"
    publish(streams, home)
    assert publish(streams, home) == "0\n"
    (message,) = streams.read(LISTS)
    value = message.value or b""
    data = json.loads(value)["data"]
    assert (data["to"], data["number"], len(data["items"])) == (TOWNSHIP, state.number, 2)
    size, root = data["checkpoint"].split("\n")[1:3]
    assert int(size) > 0
    assert len(root) >= 44
    assert message.headers["event_id"] == message.key == f"suspicion-lists:mingzhang:{state.list_id}@{state.version}"
    for name in (number(1), "买买提", "wang", '"li"', "R001"):
        assert name not in value.decode()


def test_a_position_behind_the_ledgers_end_is_refused(streams: Streams, tmp_path: Path) -> None:
    home = tmp_path / "home"
    screened(home, "a")
    (home / "published.json").write_text('{"position": 7}', encoding="utf-8")
    ran = run("publish", "--until-idle", "0.2", "--home", home, env=streams.environment)
    assert ran.code == 3
    assert "published.json" in ran.err


def test_brokers_that_are_not_there_end_with_4_and_nothing_counts_as_published(tmp_path: Path) -> None:
    home = tmp_path / "home"
    screened(home, "a")
    ran = run("publish", "--until-idle", "0", "--home", home, env={"MINGZHANG_KAFKA": "127.0.0.1:9"})
    assert ran.code == 4
    assert not (home / "published.json").exists()
