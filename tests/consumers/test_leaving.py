"""Checkpoints reach a web address and a topic by the real command, and what fails is owed until it works."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from consumers.topics import CHECKPOINTS
from ledger.home import Home
from ledger.leaving import targets
from ledger.merkle.given import older_checkpoints, read_key
from tests.ledger.merkle.sealed import row
from tests.program import run
from tests.servers.streams import Streams


class Keeper:
    """A web server of discipline inspection: what was put to it, and how it answers."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.status: dict[str, int] = {}
        """Method to the status that it answers with instead of keeping."""
        self.asked: list[str] = []

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve on the loopback and give the address."""
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                self._take(self.path.rpartition("/")[2])

            def do_POST(self) -> None:
                self._take(str(self.headers["x-mingzhang-name"]))

            def _take(self, name: str) -> None:
                content = self.rfile.read(int(self.headers["content-length"]))
                keeper.asked.append(f"{self.command} {name}")
                status = keeper.status.get(self.command, 412 if name in keeper.kept else 201)
                if status == 201:
                    keeper.kept[name] = content
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/mingzhang/"
            finally:
                server.shutdown()
                thread.join()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with closing(Home.open(tmp_path / "home")) as opened:
        opened.ledger.append([row(0)])
    return tmp_path / "home"


def sizes(kept: dict[str, bytes], folder: Path) -> list[int]:
    """Read what a keeper has as an inspector does."""
    folder.mkdir()
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    return [one.checkpoint.size for one in older_checkpoints([str(folder)], read_key(folder / "key.pub"))]


def test_a_web_address_gets_checkpoint_and_key_and_nothing_twice(home: Path, tmp_path: Path) -> None:
    keeper = Keeper()
    with keeper.serving() as url:
        first = run("checkpoint", "publish", "--to", url, "--home", home)
        again = run("checkpoint", "publish", "--to", url, "--home", home)
    assert (first.code, again.code) == (0, 0), first.err + again.err
    assert "已交给" in first.err
    assert "早已在" in again.err
    assert sizes(keeper.kept, tmp_path / "kept") == [1]


def test_an_address_that_takes_no_put_is_posted_to(home: Path, tmp_path: Path) -> None:
    keeper = Keeper()
    keeper.status = {"PUT": 405}
    with keeper.serving() as url:
        assert run("checkpoint", "publish", "--to", url, "--home", home).code == 0
    assert [asked.split()[0] for asked in keeper.asked] == ["PUT", "POST", "PUT", "POST"]
    assert sizes(keeper.kept, tmp_path / "kept") == [1]


def test_what_is_not_taken_is_said_and_owed_until_it_is(home: Path, tmp_path: Path) -> None:
    keeper = Keeper()
    keeper.status = {"PUT": 503}
    with keeper.serving() as url:
        refused = run("checkpoint", "publish", "--to", url, "--remember", "--home", home)
        assert refused.code == 2, refused.err
        assert targets(home)[0].owed == "by hand"
        keeper.status = {}
        inbox = tmp_path / "inbox"
        inbox.mkdir()
        assert run("consume", "--inbox", inbox, "--until-idle", "0.1", "--home", home).code == 0
    assert sizes(keeper.kept, tmp_path / "kept") == [1]
    assert (targets(home)[0].owed, targets(home)[0].size) == ("", 1)


def test_an_address_out_of_reach_ends_with_4(home: Path) -> None:
    assert run("checkpoint", "publish", "--to", "http://127.0.0.1:9/", "--home", home).code == 4


@pytest.mark.parametrize("address", ["https://user:secret@example.gov.cn/", "https:///no-host"])
def test_an_address_with_a_password_or_without_a_host_is_wrong_use(home: Path, address: str) -> None:
    ended = run("checkpoint", "publish", "--to", address, "--remember", "--home", home)
    assert ended.code == 2
    assert "secret" not in ended.out + ended.err
    assert targets(home) == ()


def test_targets_are_listed_and_forgotten(home: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert run("checkpoint", "publish", "--to", kept, "--remember", "--home", home).code == 0
    listed = run("checkpoint", "targets", "--home", home).out.split("\t")
    assert (listed[0], listed[1], listed[3]) == (str(kept), "1", "by hand")
    assert run("checkpoint", "targets", "--forget", kept, "--home", home).out == ""
    assert run("checkpoint", "publish", "--home", home).code == 2


def test_the_topic_of_checkpoints_gets_it_with_the_key(streams: Streams, home: Path, tmp_path: Path) -> None:
    ran = run("checkpoint", "publish", "--to", "kafka", "--home", home, env=streams.environment)
    assert ran.code == 0, ran.err
    (message,) = streams.read(CHECKPOINTS)
    kept = {message.key or "": message.value or b"", "key.pub": message.headers["key"].encode()}
    assert message.headers["why"] == "by hand"
    assert sizes(kept, tmp_path / "kept") == [1]


def test_the_publishing_process_sends_what_the_month_asks_for(streams: Streams, home: Path) -> None:
    without = run("checkpoint", "publish", "--to", "kafka", "--remember", "--home", home, env={"MINGZHANG_KAFKA": ""})
    assert without.code == 2
    ran = run("publish", "--until-idle", "0.2", "--home", home, env=streams.environment)
    assert ran.code == 0, ran.err
    assert [message.headers["why"] for message in streams.read(CHECKPOINTS)] == ["by hand"]
    assert targets(home)[0].size == 1
