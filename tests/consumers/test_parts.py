from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from consumers import metrics
from consumers.connection import connection_from
from consumers.metrics import Described, Registry
from consumers.patience import Patience
from domain.errors import Malformed, MingzhangError, Unreachable


def test_figures_are_rendered_as_prometheus_reads_them() -> None:
    registry = Registry((Described("a_total", "counter", "A."), Described("b", "gauge", "B.")))
    registry.add("a_total", 2, type="x", outcome='say "hi"\n')
    registry.add("a_total", 1, type="x", outcome='say "hi"\n')
    registry.set("b", 0.25)
    assert registry.rendered() == (
        "# HELP a_total A.\n# TYPE a_total counter\n"
        'a_total{outcome="say \\"hi\\"\\n",type="x"} 3\n'
        "# HELP b B.\n# TYPE b gauge\nb 0.25\n"
    )


def test_figures_add_up_over_labels_and_a_gauge_is_replaced_whole() -> None:
    registry = metrics.streams()
    registry.add(metrics.CONSUMED, 3, type="payments", outcome="appended")
    registry.add(metrics.CONSUMED, 4, type="payments", outcome="repeated")
    assert registry.total(metrics.CONSUMED, type="payments") == 7
    registry.replace(metrics.LAG, {(("partition", "0"), ("topic", "t")): 5.0})
    registry.replace(metrics.LAG, {})
    assert registry.value(metrics.LAG, partition="0", topic="t") == 0


def test_waits_grow_and_begin_anew_after_a_success() -> None:
    patience = Patience(lambda: 0.0, None)
    error = Unreachable("无", "none")
    assert [patience.wait_after(error) for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    patience.succeeded()
    assert not patience.failing
    assert patience.wait_after(error) == 0.5


def test_patience_with_a_limit_ends_with_the_error_itself() -> None:
    now = 0.0
    patience = Patience(lambda: now, 60)
    error = Unreachable("无", "none")
    patience.wait_after(error)
    now = 60.0
    with pytest.raises(Unreachable, match="none"):
        patience.wait_after(error)


def test_an_attempt_that_waited_for_long_by_itself_is_not_made_again_beyond_the_limit() -> None:
    now = 0.0
    patience = Patience(lambda: now, 60)
    error = Unreachable("无", "none")
    patience.begin()
    now = 20.0
    assert patience.wait_after(error) == 0.5
    patience.begin()
    now = 40.0
    with pytest.raises(Unreachable, match="none"):
        patience.wait_after(error)


def test_brokers_alone_are_enough() -> None:
    found = connection_from({"MINGZHANG_KAFKA": "a:9092, [::1]:9093"})
    assert found.brokers == ("a:9092", "[::1]:9093")
    assert found.options() == {"bootstrap_servers": ["a:9092", "[::1]:9093"], "security_protocol": "PLAINTEXT"}


def test_a_password_is_read_from_its_file_and_does_not_show(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("geheim\n", encoding="utf-8")
    (tmp_path / "ca.pem").write_text("x", encoding="utf-8")
    found = connection_from(
        {
            "MINGZHANG_KAFKA": "a:9092",
            "MINGZHANG_KAFKA_SECURITY": "sasl-tls",
            "MINGZHANG_KAFKA_USER": "mingzhang",
            "MINGZHANG_KAFKA_PASSWORD_FILE": str(tmp_path / "password"),
            "MINGZHANG_KAFKA_CA_FILE": str(tmp_path / "ca.pem"),
        }
    )
    assert "geheim" not in repr(found)
    options = found.options()
    assert (options["security_protocol"], options["sasl_mechanism"]) == ("SASL_SSL", "SCRAM-SHA-512")
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("mingzhang", "geheim")
    assert options["ssl_cafile"] == str(tmp_path / "ca.pem")


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({}, Malformed),
        ({"MINGZHANG_KAFKA": "host"}, Malformed),
        ({"MINGZHANG_KAFKA": "host:99999"}, Malformed),
        ({"MINGZHANG_KAFKA": "a:1", "MINGZHANG_KAFKA_SECURITY": "open"}, Malformed),
        ({"MINGZHANG_KAFKA": "a:1", "MINGZHANG_KAFKA_SECURITY": "sasl"}, Malformed),
        ({"MINGZHANG_KAFKA": "a:1", "MINGZHANG_KAFKA_CA_FILE": "nowhere.pem"}, Unreachable),
        (
            {"MINGZHANG_KAFKA": "a:1", "MINGZHANG_KAFKA_SECURITY": "sasl", "MINGZHANG_KAFKA_SASL_MECHANISM": "GSSAPI"},
            Malformed,
        ),
    ],
)
def test_wrong_settings_are_named(settings: Mapping[str, str], kind: type[MingzhangError]) -> None:
    with pytest.raises(kind, match="MINGZHANG_KAFKA"):
        connection_from(settings)
