"""What a running process says of itself over HTTP: /healthz, /readyz and /metrics, to this machine unless told else."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from consumers.metrics import WAITING, Registry
from consumers.stopping import Stop
from domain.errors import MingzhangError, Unreachable

STALE_S = 300.0
"""A loop that has not come round for so long hangs."""
PROBE_EVERY_S = 5.0
PROBE_STALE_S = 20.0
"""A question that has had no answer for so long is one that gets none."""
REQUEST_S = 5.0
LINGER_S = 2.0
"""How long the end waits for a question that is being asked."""
OK = "ok"
Probe = Callable[[], object]
"""Asks a component; whatever it raises means that there is no answer."""


class Address(NamedTuple):
    """Where the process answers."""

    host: str
    port: int


class Health:
    """Whether the loop of this process comes round, and whether what it needs answers; safe for threads."""

    def __init__(self, registry: Registry, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.registry = registry
        self._monotonic = monotonic
        self._beat: float | None = None
        self._ended = False
        self._probes: dict[str, tuple[float, str]] = {}

    def beat(self) -> None:
        """Note that the loop came round."""
        self._beat = self._monotonic()

    def end(self) -> None:
        """Note that the loop has ended."""
        self._ended = True

    def probed(self, component: str, said: str) -> None:
        """Note what came of asking a component: OK, or why it does not answer."""
        self._probes[component] = self._monotonic(), said

    def alive(self) -> dict[str, str]:
        """Return the state of the loop: OK, or what is wrong with it."""
        if self._ended:
            return {"loop": "stopped"}
        if self._beat is not None and self._monotonic() - self._beat > STALE_S:
            return {"loop": f"has not come round for {STALE_S:.0f} s"}
        return {"loop": OK}

    def ready(self) -> dict[str, str]:
        """Return the state of the loop and of every component."""
        found = self.alive()
        if found["loop"] == OK and self._beat is None:
            found["loop"] = "starting"
        if found["loop"] == OK and self.registry.value(WAITING):
            found["loop"] = "waiting for a component"
        for component, (at, said) in list(self._probes.items()):
            found[component] = said if self._monotonic() - at <= PROBE_STALE_S else "does not answer"
        return found


class Watched(Stop):
    """A Stop whose being asked shows that the loop comes round."""

    def __init__(self, stop: Stop, health: Health) -> None:
        super().__init__()
        self._stop, self._health = stop, health

    @property
    def asked(self) -> bool:
        """Whether to end."""
        self._health.beat()
        return self._stop.asked

    def ask(self) -> None:
        """Ask the loop to end."""
        self._stop.ask()

    def wait(self, seconds: float) -> bool:
        """Wait as the Stop itself does."""
        asked = self._stop.wait(seconds)
        self._health.beat()
        return asked


class _Page(BaseHTTPRequestHandler):
    """Answers GET; writes no log, since there is nothing in it but who asked."""

    timeout = REQUEST_S
    server_version, sys_version = "mingzhang", ""

    def __init__(self, health: Health, request: socket.socket, client: str, server: ThreadingHTTPServer) -> None:
        self._health = health
        super().__init__(request, client, server)

    def do_GET(self) -> None:
        """Answer one of the three pages."""
        page = self.path.partition("?")[0]
        if page == "/metrics":
            self._answer(HTTPStatus.OK, "text/plain; version=0.0.4; charset=utf-8", self._health.registry.rendered())
        elif page in ("/healthz", "/readyz"):
            states = self._health.alive() if page == "/healthz" else self._health.ready()
            well = all(said == OK for said in states.values())
            status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
            self._answer(status, "application/json", json.dumps(states, ensure_ascii=False))
        else:
            self._answer(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", "/healthz /readyz /metrics\n")

    def log_message(self, said: str, *arguments: object) -> None:
        """Write nothing."""

    def _answer(self, status: HTTPStatus, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def watched(
    stop: Stop, registry: Registry, probes: Mapping[str, Probe], address: Address | None
) -> Iterator[tuple[Stop, Address | None]]:
    """Answer at the address while the block runs; give the Stop for the loop, and where it answers.

    Port 0 takes a free one; without an address nothing is served. Unreachable where the port cannot be had.
    """
    if address is None:
        yield stop, None
        return
    health = Health(registry)
    try:
        server = ThreadingHTTPServer(address, partial(_Page, health))
    except (OSError, OverflowError) as error:
        raise Unreachable(
            f"端口 {address.host}:{address.port} 不能用于指标（{error}）",
            f"port {address.host}:{address.port} cannot be had for the metrics ({error})",
        ) from error
    ended = threading.Event()
    threads = [threading.Thread(target=server.serve_forever, daemon=True)]
    threads += [threading.Thread(target=_ask, args=(health, name, probes[name], ended), daemon=True) for name in probes]
    for thread in threads:
        thread.start()
    try:
        yield Watched(stop, health), Address(address.host, int(server.server_address[1]))
    finally:
        health.end()
        ended.set()
        server.shutdown()
        server.server_close()
        for thread in threads:
            thread.join(LINGER_S)


def _ask(health: Health, name: str, probe: Probe, ended: threading.Event) -> None:
    """Ask a component again and again; its own waits are seen as no answer."""
    while not ended.is_set():
        try:
            probe()
        except MingzhangError as error:
            health.probed(name, error.en)
        except Exception as error:
            health.probed(name, type(error).__name__)
        else:
            health.probed(name, OK)
        ended.wait(PROBE_EVERY_S)


def brokers_answer(brokers: tuple[str, ...]) -> None:
    """Connect to the first broker that answers; OSError where none does."""
    *others, last = brokers
    for broker in others:
        with suppress(OSError):
            _connect(broker)
            return
    _connect(last)


def _connect(broker: str) -> None:
    host, _, port = broker.rpartition(":")
    socket.create_connection((host.strip("[]"), int(port)), timeout=REQUEST_S).close()
