"""By TLS and with a password: who may, reads; who may not, ends with 4 and a sentence without the password."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.county import payment
from tests.program import Ran, run
from tests.servers.certificates import write_certificate
from tests.servers.kafka import PASSWORD, USER, Broker
from tests.servers.streams import Streams, record


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with Broker() as started:
        Streams(started.address).produce([record("payments", payment("P1"))])
        yield started


def consume(broker: Broker, folder: Path, password: str, certificate: Path) -> Ran:
    (folder / "password").write_text(f"{password}\n", encoding="utf-8")
    settings = {
        "MINGZHANG_KAFKA": broker.secure_address,
        "MINGZHANG_KAFKA_SECURITY": "sasl-tls",
        "MINGZHANG_KAFKA_SASL_MECHANISM": "PLAIN",
        "MINGZHANG_KAFKA_USER": USER,
        "MINGZHANG_KAFKA_PASSWORD_FILE": str(folder / "password"),
        "MINGZHANG_KAFKA_CA_FILE": str(certificate),
    }
    return run("consume", "--until-idle", "0.5", "--home", folder / "home", env=settings)


def test_who_knows_the_password_reads_by_tls(broker: Broker, tmp_path: Path) -> None:
    ran = consume(broker, tmp_path, PASSWORD, broker.certificate)
    assert ran.code == 0, ran.err
    assert ran.out == "payments: read 1 = appended 1 + repeated 0 + amended 0 + quarantined 0\n"


def test_a_wrong_password_ends_with_4(broker: Broker, tmp_path: Path) -> None:
    ran = consume(broker, tmp_path, "guessed", broker.certificate)
    assert (ran.code, "Traceback" in ran.err, "guessed" in ran.err) == (4, False, False), ran.err


def test_a_broker_with_another_certificate_is_not_believed(broker: Broker, tmp_path: Path) -> None:
    ran = consume(broker, tmp_path, PASSWORD, write_certificate(tmp_path))
    assert (ran.code, "Traceback" in ran.err) == (4, False), ran.err
    assert broker.secure_address in ran.err
