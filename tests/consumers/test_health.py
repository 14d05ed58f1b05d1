from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from consumers import health as health_module
from consumers import metrics
from consumers.health import Address, Health, Watched, brokers_answer, watched
from consumers.inbox.figures import INBOX_FIGURES
from consumers.stopping import Stop
from domain.errors import Unreachable
from tests.docs.pages import ROOT, text_of
from tests.servers.kafka import free_ports


def page(address: Address | None, path: str) -> tuple[int, str]:
    assert address is not None
    try:
        with urllib.request.urlopen(f"http://{address.host}:{address.port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def until(said: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not said():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_loop_that_comes_round_is_alive_and_one_that_hangs_is_not() -> None:
    now = 0.0
    health = Health(metrics.streams(), lambda: now)
    assert (health.alive(), health.ready()) == ({"loop": "ok"}, {"loop": "starting"})
    stop = Watched(Stop(), health)
    assert not stop.asked
    assert health.ready() == {"loop": "ok"}
    now = 301.0
    assert health.alive() == {"loop": "has not come round for 300 s"}
    stop.wait(0)
    assert health.alive() == {"loop": "ok"}
    health.end()
    assert health.alive() == {"loop": "stopped"}


def test_not_ready_while_a_component_does_not_answer() -> None:
    now = 0.0
    health = Health(metrics.streams(), lambda: now)
    health.beat()
    health.probed("ledger", "ok")
    assert health.ready() == {"loop": "ok", "ledger": "ok"}
    health.probed("ledger", "cannot be reached")
    assert health.ready()["ledger"] == "cannot be reached"
    health.probed("ledger", "ok")
    now = 21.0
    assert health.ready()["ledger"] == "does not answer"
    health.registry.set(metrics.WAITING, 1)
    assert health.ready()["loop"] == "waiting for a component"


def test_the_pages_say_what_is_and_nothing_else_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_module, "PROBE_EVERY_S", 0.05)
    down = False

    def probe() -> None:
        if down:
            raise Unreachable("无", "the ledger does not answer")

    registry = metrics.streams()
    registry.add(metrics.BATCHES, 3)
    with watched(Stop(), registry, {"ledger": probe}, Address("127.0.0.1", 0)) as (stop, at):
        assert page(at, "/readyz")[0] == 503
        assert not stop.asked
        until(lambda: page(at, "/readyz")[0] == 200)
        assert page(at, "/healthz") == (200, '{"loop": "ok"}')
        status, text = page(at, "/metrics")
        assert (status, "mingzhang_consume_batches_total 3\n" in text) == (200, True)
        assert page(at, "/keys")[0] == 404
        down = True
        until(lambda: page(at, "/readyz")[0] == 503)
        assert json.loads(page(at, "/readyz")[1])["ledger"] == "the ledger does not answer"
        assert page(at, "/healthz")[0] == 200
    with pytest.raises(OSError, match="refused"):
        page(at, "/healthz")


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = Address("127.0.0.1", taken.getsockname()[1])
        with pytest.raises(Unreachable, match=str(address.port)), watched(Stop(), metrics.streams(), {}, address):
            pass


def test_without_a_port_nothing_is_served() -> None:
    own = Stop()
    with watched(own, metrics.streams(), {}, None) as (stop, at):
        assert (stop, at) == (own, None)


def test_one_broker_that_answers_is_enough() -> None:
    (nobody,) = free_ports(1)
    with socket.create_server(("127.0.0.1", 0)) as there:
        answering = f"127.0.0.1:{there.getsockname()[1]}"
        brokers_answer((f"127.0.0.1:{nobody}", answering))
        with pytest.raises(OSError, match="refused"):
            brokers_answer((f"127.0.0.1:{nobody}",))


def test_the_log_is_lines_of_json_without_names_of_persons(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    (tmp_path / "inbox").mkdir()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "mingzhang", "--home", str(tmp_path / "home"), "consume", "--inbox",
            str(tmp_path / "inbox"), "--metrics-port", str(port),
        ],
        env={**os.environ, "MINGZHANG_LOG": "json"}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        lines = [json.loads(process.stderr.readline()) for _ in range(2)]
        until(lambda: page(Address("127.0.0.1", port), "/readyz")[0] == 200)
        assert "mingzhang_inbox_files_waiting 0" in page(Address("127.0.0.1", port), "/metrics")[1]
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate()
    assert [set(line) for line in lines] == [{"at", "en", "zh"}] * 2


def test_every_figure_of_the_inbox_is_documented() -> None:
    page_text = text_of(ROOT / "docs" / "data-in.md") + text_of(ROOT / "docs" / "streams.md")
    assert [figure.name for figure in INBOX_FIGURES if f"`{figure.name}" not in page_text] == []
