"""A Kafka broker of its own for tests and benchmarks: one node on the loopback, in KRaft mode, from Maven's jars."""

from __future__ import annotations

import fcntl
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests.servers.certificates import write_certificate

ROOT = Path(__file__).resolve().parents[2]
POM = ROOT / "tests" / "kafka" / "pom.xml"
JARS = ROOT / "build" / "kafka" / "libs"
INSTALL = "apt-get install -y openjdk-17-jre-headless maven"
START_SECONDS = 60
QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
"""Of Java, for a broker that lives for some tests: up sooner, slower at its best."""
USER, PASSWORD = "mingzhang", "only-for-tests"
LARGEST = 33_554_432
"""Bytes of a message batch that the broker takes."""


class NotThere(RuntimeError):
    """Java or Maven is not installed, or the broker cannot be started."""


def jars() -> Path:
    """Return the folder with the broker's jars, fetched by Maven where they are not there yet; NotThere."""
    missing = [name for name in ("java", "mvn") if shutil.which(name) is None]
    if missing:
        raise NotThere(f"no {' and no '.join(missing)}: {INSTALL} (or name a broker in MINGZHANG_TEST_KAFKA)")
    JARS.parent.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(JARS.parent / "lock"):
        if not (JARS.parent / "ready").exists():
            done = subprocess.run(
                ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={JARS}"],
                capture_output=True, check=False, timeout=300,
            )  # fmt: skip
            if done.returncode:
                raise NotThere(f"Maven does not fetch the broker: {done.stdout.decode(errors='replace')[-600:]}")
            (JARS.parent / "ready").touch()
    return JARS


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Broker:
    """Made and started on entry, killed and removed on exit; `address` to connect."""

    def __init__(self, heap: str = "512m", *, quick: bool = True, **settings: str) -> None:
        self._machine = ("-Xmx" + heap, *(QUICK if quick else ()))
        self._jars = jars()
        self._folder = Path(tempfile.mkdtemp(prefix="kafka-"))
        self._port, self._secure, self._inner = free_ports(3)
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"127.0.0.1:{self._port}"
        self.secure_address = f"127.0.0.1:{self._secure}"
        """The same broker by TLS, for USER with PASSWORD."""
        self.certificate = write_certificate(self._folder)

    def __enter__(self) -> Self:
        (self._folder / "server.properties").write_text(self._properties(), encoding="ascii")
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        done = self._java("kafka.tools.StorageTool", "format", f"--cluster-id={cluster}", "-c", "server.properties")
        if done.wait(timeout=START_SECONDS):
            raise NotThere(f"the broker's storage cannot be formatted: {self._said()}")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start the broker and wait until it answers; NotThere with its own words where it does not."""
        self._process = self._java("kafka.Kafka", "server.properties")
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.address):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise NotThere(f"the broker does not start: {self._said()}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop the broker in good order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the broker at once (SIGKILL)."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=START_SECONDS)
            self._process = None

    def _java(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                ["java", *self._machine, "-cp", f"{self._jars}/*", *arguments],
                cwd=self._folder, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _said(self) -> str:
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")[-900:]

    def _properties(self) -> str:
        outside = f"PLAINTEXT://{self.address},SECURE://{self.secure_address}"
        settings = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{self._inner}",
            "listeners": f"{outside},CONTROLLER://127.0.0.1:{self._inner}",
            "advertised.listeners": outside,
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL",
            "listener.name.secure.ssl.keystore.type": "PEM",
            "listener.name.secure.ssl.keystore.location": str(self._folder / "server.pem"),
            "listener.name.secure.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.secure.plain.sasl.jaas.config": (
                f'org.apache.kafka.common.security.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'
            ),
            "log.dirs": str(self._folder / "data"),
            "num.partitions": "3",
            "offsets.topic.num.partitions": "4",
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "1000",
            "message.max.bytes": str(LARGEST),
            "replica.fetch.max.bytes": str(LARGEST),
            "file.delete.delay.ms": "100",
        } | {name.replace("_", "."): value for name, value in self._settings.items()}
        return "".join(f"{name}={value}\n" for name, value in settings.items())


def answers(address: str) -> bool:
    """Say whether a broker answers there."""
    try:
        KafkaAdminClient(bootstrap_servers=address, bootstrap_timeout_ms=2000).close()
    except (KafkaError, OSError):
        return False
    return True


def free_ports(count: int) -> list[int]:
    """Return ports on which nothing listens."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in held]
    for each in held:
        each.close()
    return ports
