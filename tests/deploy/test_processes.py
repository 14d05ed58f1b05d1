"""What the Compose file starts, run as processes: the same settings, with other places."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import IO, NamedTuple

import psycopg
import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError
from typer.testing import CliRunner

from casework.live.form import LiveFiles
from ledger.home import Home
from mingzhang.cli import app
from tests.casework.cases.made import issued
from tests.county import data_folder, payment, receipt, take
from tests.deploy.compose import ANYWHERE, FIRST_START, ROOT, UNSET, made_folder, placed, read
from tests.risk.scoring.rows import finding
from tests.servers.kafka import free_ports, jars
from tests.servers.postgres import QUICK, Server
from tests.servers.streams import as_value

pytestmark = pytest.mark.xdist_group("deploy")

WAIT_S = 90


class Places(NamedTuple):
    """Where the containers' places are here."""

    run: Path
    ports: dict[str, int]

    def environment(self, name: str) -> dict[str, str]:
        """Return a service's settings, with its own of the folders that the first start makes."""
        places = {
            "/etc/mingzhang": str(self.run / made_folder(read().services[name])),
            "kafka:9092": f"127.0.0.1:{self.ports['9092']}",
            "@postgres:5432": f"@127.0.0.1:{self.ports['5432']}",
            "/var/lib/mingzhang": str(self.run.parent / "home"),
            "consume:9464,publish:9464,follow:9464": "",
        }
        own = {key: value for key, value in os.environ.items() if not key.startswith("MINGZHANG_")}
        return own | {key: placed(value, places) for key, value in read().services[name].environment.items()}


class Database(Server):
    """PostgreSQL as the Compose file starts it: over TLS alone, with a password."""

    def __init__(self, places: Places) -> None:
        keys = places.run.parent / "database"
        port = str(places.ports["5432"])
        super().__init__(
            {**QUICK, "listen_addresses": "127.0.0.1", "port": port, "ssl": "on",
             "ssl_cert_file": str(keys / "certificate.pem"), "ssl_key_file": str(keys / "key.pem")}
        )  # fmt: skip
        self.url += f"&port={port}"
        self._keys = keys
        shutil.copytree(places.run / "database", keys)

    def _initialise(self) -> None:
        super()._initialise()
        lines = ("local all all trust", "hostssl all all 127.0.0.1/32 scram-sha-256", "host all all all reject")
        (self._data / "pg_hba.conf").write_text("\n".join(lines) + "\n")
        if self._owner is not None:
            for path in (self._keys, *self._keys.iterdir()):
                shutil.chown(path, self._owner, self._owner)
            for parent in self._keys.parents:
                if parent.stat().st_uid == 0 and parent != Path("/"):
                    parent.chmod(parent.stat().st_mode | 0o011)

    def add_user(self, password: str) -> None:
        """Make user and database as the image does on its first start."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE mingzhang LOGIN PASSWORD '{password}'".encode())
            connection.execute(b"CREATE DATABASE mingzhang OWNER mingzhang TEMPLATE template0 ENCODING 'UTF8'")


@contextmanager
def broker(places: Places) -> Iterator[None]:
    """Start the broker with the settings that the first start made."""
    folder = places.run.parent / "broker"
    folder.mkdir()
    here = {f"127.0.0.1:{port}": f"127.0.0.1:{new}" for port, new in places.ports.items()}
    here |= {f"//:{port}": f"//127.0.0.1:{places.ports[port]}" for port in ("9092", "9093")}
    here |= {"kafka:9092": f"127.0.0.1:{places.ports['9092']}", "broker.test:9093": f"127.0.0.1:{places.ports['9093']}"}
    here |= {"/etc/mingzhang": str(places.run / "broker"), "/var/lib/kafka/data": str(folder / "data")}
    settings = (places.run / "broker" / "server.properties").read_text(encoding="utf-8")
    (folder / "server.properties").write_text(placed(settings, here) + "group.min.session.timeout.ms=1000\n")
    java = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{jars()}/*"]
    cluster, admin = ((places.run / "broker" / name).read_text("ascii") for name in ("cluster-id", "admin.scram"))
    subprocess.run(
        [*java, "kafka.tools.StorageTool", "format", "--ignore-formatted", "--config", "server.properties",
         "--cluster-id", cluster, "--add-scram", admin],
        cwd=folder, check=True, capture_output=True, timeout=WAIT_S,
    )  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*java, "kafka.Kafka", "server.properties"], cwd=folder, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """Everything that stands before `consume` and `publish` start."""
    folder = tmp_path_factory.mktemp("compose")
    found = Places(folder / "run", dict(zip(("9092", "9093", "9094", "9095", "5432"), free_ports(5), strict=True)))
    subprocess.run([FIRST_START, "--folder", found.run, "--host", "broker.test"], check=True, capture_output=True)
    users = found.run / "users"
    (users / "tax-office.password").write_text("of-the-tests-alone")
    (users / "tax-office.rights").write_text("write collection.payments\n")
    (users / "county-office.password").write_text("of-the-tests-too")
    (users / "county-office.rights").write_text("read suspicion-lists\n")
    with broker(found), Database(found) as database:
        database.add_user((found.run / "database" / "password").read_text(encoding="ascii"))
        prepared = [sys.executable, *read().services["prepare"].entrypoint[1:-1], str(users)]
        for _ in range(2):
            done = subprocess.run(
                prepared, env=found.environment("prepare"), capture_output=True, check=False, timeout=WAIT_S
            )
            assert done.returncode == 0, done.stderr.decode()
        yield found


@contextmanager
def service(places: Places, name: str, *more: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Start a service's command; give the process and the port of its figures, or of its pages."""
    (port,) = free_ports(1)
    here = {"9464": str(port), ANYWHERE: "127.0.0.1", **UNSET}
    command = [placed(part, here) for part in read().services[name].command]
    command += ["--port", str(port)] if name == "serve" else []
    process = subprocess.Popen(
        [sys.executable, "-m", "mingzhang", *command, *more], env=places.environment(name), cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process, port
    finally:
        process.kill()
        process.communicate()


def page(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + WAIT_S
    while page(port, "/readyz")[0] != 200:
        assert process.poll() is None, process.communicate()[1].decode()
        assert time.monotonic() < deadline, page(port, "/readyz")
        time.sleep(0.2)


def client(places: Places, user: str, password: str) -> dict[str, object]:
    return {
        "bootstrap_servers": f"127.0.0.1:{places.ports['9093']}", "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": user, "sasl_plain_password": password,
        "ssl_cafile": str(places.run / "authority" / "ca.pem"),
    }  # fmt: skip


def test_a_departments_messages_reach_the_ledger_and_what_is_found_is_published(places: Places) -> None:
    producer = KafkaProducer(**client(places, "tax-office", "of-the-tests-alone"))
    for number in range(50):
        producer.send("collection.payments", as_value(payment(f"P{number}", number))).get(timeout=30)
    producer.send("collection.payments", b"?").get(timeout=30)
    producer.close()
    with service(places, "consume") as (process, port):
        until_ready(process, port)
        deadline = time.monotonic() + WAIT_S
        while 'outcome="appended",type="payments"} 50' not in page(port, "/metrics")[1]:
            assert time.monotonic() < deadline, page(port, "/metrics")[1]
            time.sleep(0.2)
        process.terminate()
        out, said = process.communicate(timeout=60)
    assert process.returncode == 0, said.decode()
    assert [json.loads(line)["en"] for line in said.decode().splitlines()][:1]
    assert "quarantined 1" in out.decode()
    environment = places.environment("consume")
    home = Home.open(Path(environment["MINGZHANG_HOME"]), environment["MINGZHANG_LEDGER"])
    assert len(home.ledger.of_type("payments")) == 50
    home.close()
    with service(places, "publish", "--until-idle", "1") as (process, _):
        _, said = process.communicate(timeout=WAIT_S)
    assert process.returncode == 0, said.decode()


def test_the_rules_run_while_records_come_until_it_is_asked_to_stop(places: Places) -> None:
    environment = places.environment("follow")
    with Home.open(Path(environment["MINGZHANG_HOME"]), environment["MINGZHANG_LEDGER"]) as home:
        files, head = LiveFiles(home.folder), home.ledger.head()
    with service(places, "follow", "--rule", "H02") as (process, port):
        until_ready(process, port)
        deadline = time.monotonic() + WAIT_S
        while f"mingzhang_follow_position {head}\n" not in page(port, "/metrics")[1]:
            assert time.monotonic() < deadline, page(port, "/metrics")[1]
            time.sleep(0.1)
        process.terminate()
        out, said = process.communicate(timeout=60)
    assert process.returncode == 0, said.decode()
    account = files.account()
    assert account is not None
    assert account.stopped_at is not None
    assert out.decode() == f"position {head}, as of {account.as_of}, 1 rounds\n"


def test_an_issued_list_reaches_whoever_may_read_it_once(places: Places, tmp_path: Path) -> None:
    environment = places.environment("consume")
    with Home.open(Path(environment["MINGZHANG_HOME"]), environment["MINGZHANG_LEDGER"]) as home:
        take(home, data_folder(tmp_path / "data", cash_receipts=[receipt(f"R00{n}", n) for n in range(1, 6)]))
        state = issued(home, finding())
    for _ in range(2):
        with service(places, "publish", "--until-idle", "1") as (process, _):
            _, said = process.communicate(timeout=WAIT_S)
        assert process.returncode == 0, said.decode()
    reader = KafkaConsumer(
        "suspicion-lists", **client(places, "county-office", "of-the-tests-too"), group_id="county-office-1",
        auto_offset_reset="earliest", consumer_timeout_ms=5000,
    )  # fmt: skip
    found = [json.loads(message.value or b"") for message in reader]
    reader.close()
    assert [each["data"]["number"] for each in found] == [state.number]
    assert found[0]["data"]["checkpoint"] == state.checkpoint


def test_pages_come_without_a_password_in_their_output_and_let_the_first_administrator_in(places: Places) -> None:
    with service(places, "serve") as (process, port):
        until_ready(process, port)
        made = CliRunner().invoke(app, ["users", "first"], env=places.environment("serve"))
        assert made.exit_code == 0, made.output
        password = made.stdout.strip()
        form = urllib.parse.urlencode({"name": "admin", "password": password}).encode()
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port}/sign-in", form, {"Origin": f"http://127.0.0.1:{port}"}
        )
        with urllib.request.build_opener(Staying).open(asked, timeout=WAIT_S) as answer:
            assert answer.headers["location"] == "/password"
            assert "; Secure" in answer.headers["set-cookie"]
        process.terminate()
        out, said = process.communicate(timeout=60)
    assert process.returncode == 0, said.decode()
    assert out.decode() == f"http://127.0.0.1:{port}/\n"
    assert "mingzhang users first" in json.loads(said.decode().splitlines()[0])["en"]
    assert password not in said.decode()


class Staying(urllib.request.HTTPRedirectHandler):
    """Takes the answer itself, wherever that sends a browser."""

    def http_error_303(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message
    ) -> IO[bytes]:
        """Return the answer."""
        del req, code, msg, headers
        return fp


def test_a_wrong_password_and_topics_of_others_are_refused(places: Places) -> None:
    with pytest.raises(KafkaError):
        KafkaProducer(**client(places, "tax-office", "guessed"), bootstrap_timeout_ms=5000)
    producer = KafkaProducer(**client(places, "tax-office", "of-the-tests-alone"), max_block_ms=5000)
    with pytest.raises(KafkaError):
        producer.send("collection.refunds", b"{}").get(timeout=10)
    producer.close()
    reader = KafkaConsumer(**client(places, "tax-office", "of-the-tests-alone"), group_id=None)
    assert set(reader.topics()) == {"collection.payments"}
    reader.close()


def test_the_inbox_runs_with_the_database_of_the_others(places: Places, tmp_path: Path) -> None:
    (tmp_path / "tax").mkdir()
    (tmp_path / "tax" / "payments.jsonl").write_bytes(as_value(payment("I1")) + b"\n")
    (tmp_path / "tax" / "payments.jsonl.done").touch()
    done = subprocess.run(
        [sys.executable, "-m", "mingzhang", "consume", "--inbox", str(tmp_path), "--until-idle", "0", "--json"],
        env=places.environment("consume"), cwd=ROOT, capture_output=True, check=False, timeout=WAIT_S,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["payments"]["appended"] == 1
    assert len(list((tmp_path / "tax" / "receipts").iterdir())) == 2
