"""How to reach the brokers: the settings MINGZHANG_KAFKA… read into what the Kafka client takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from domain.errors import Malformed, Unreachable

SETTINGS = (
    "MINGZHANG_KAFKA",
    "MINGZHANG_KAFKA_SECURITY",
    "MINGZHANG_KAFKA_SASL_MECHANISM",
    "MINGZHANG_KAFKA_USER",
    "MINGZHANG_KAFKA_PASSWORD_FILE",
    "MINGZHANG_KAFKA_CA_FILE",
    "MINGZHANG_KAFKA_CERTIFICATE_FILE",
    "MINGZHANG_KAFKA_KEY_FILE",
)
BROKERS, SECURITY, MECHANISM, USER, SECRET_FILE, CA_FILE, CERTIFICATE_FILE, KEY_FILE = SETTINGS

PROTOCOLS = {"plain": "PLAINTEXT", "tls": "SSL", "sasl": "SASL_PLAINTEXT", "sasl-tls": "SASL_SSL"}
"""Values of MINGZHANG_KAFKA_SECURITY to the client's; its own names are taken too."""
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
_LARGEST_PORT = 65_535


class Connection(NamedTuple):
    """Where the brokers are and how this process proves who it is; the password does not show itself."""

    brokers: tuple[str, ...]
    protocol: str = "PLAINTEXT"
    mechanism: str | None = None
    user: str | None = None
    password: Callable[[], str] | None = None
    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None

    def options(self) -> dict[str, object]:
        """Return what every client of the library takes; Unreachable where the password cannot be read."""
        found: dict[str, object] = {"bootstrap_servers": list(self.brokers), "security_protocol": self.protocol}
        if self.protocol.endswith("SSL"):
            files = (self.ca_file, self.certificate_file, self.key_file)
            found |= dict(zip(("ssl_cafile", "ssl_certfile", "ssl_keyfile"), files, strict=True))
        if self.protocol.startswith("SASL") and self.password is not None:
            found |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password(),
            }
        return found


def connection_from(environment: Mapping[str, str]) -> Connection:
    """Read the settings; Malformed where one is missing or wrong, Unreachable where a file is not there."""
    protocol = _protocol(environment.get(SECURITY, ""))
    connection = Connection(
        _brokers(environment.get(BROKERS, "")),
        protocol,
        ca_file=_file(environment, CA_FILE),
        certificate_file=_file(environment, CERTIFICATE_FILE),
        key_file=_file(environment, KEY_FILE),
    )
    return _signed_in(connection, environment) if protocol.startswith("SASL") else connection


def _brokers(text: str) -> tuple[str, ...]:
    brokers = tuple(part.strip() for part in text.split(",") if part.strip())
    if not brokers or not all(map(_is_address, brokers)):
        raise Malformed(
            f"{BROKERS} 应为 主机:端口，可用逗号分隔多个，得到 {text!r}",
            f"{BROKERS} expects host:port, several separated by commas; got {text!r}",
        )
    return brokers


def _is_address(text: str) -> bool:
    host, colon, port = text.rpartition(":")
    return bool(host and colon and port.isdecimal() and 0 < int(port) <= _LARGEST_PORT)


def _protocol(text: str) -> str:
    protocol = PROTOCOLS.get(text.lower() or "plain", text.upper())
    if protocol not in PROTOCOLS.values():
        raise Malformed(
            f"{SECURITY} 应为 {'、'.join(PROTOCOLS)}，得到 {text!r}",
            f"{SECURITY} expects one of {', '.join(PROTOCOLS)}; got {text!r}",
        )
    return protocol


def _signed_in(connection: Connection, environment: Mapping[str, str]) -> Connection:
    mechanism = environment.get(MECHANISM, "SCRAM-SHA-512").upper()
    user, file = environment.get(USER, ""), _file(environment, SECRET_FILE)
    if mechanism not in MECHANISMS:
        raise Malformed(
            f"{MECHANISM} 应为 {'、'.join(MECHANISMS)}，得到 {mechanism!r}",
            f"{MECHANISM} expects one of {', '.join(MECHANISMS)}; got {mechanism!r}",
        )
    if not user or file is None:
        raise Malformed(
            f"SASL 需要 {USER} 和 {SECRET_FILE}，缺了一项：请都设定",
            f"SASL needs {USER} and {SECRET_FILE}, and one is missing: set both",
        )
    return connection._replace(mechanism=mechanism, user=user, password=lambda: _password(file))


def _password(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreachable(
            f"口令文件 {file} 无法读取：请核对路径和权限",
            f"the password file {file} cannot be read: check its path and rights",
        ) from error


def _file(environment: Mapping[str, str], name: str) -> str | None:
    file = environment.get(name)
    if file and not Path(file).is_file():
        raise Unreachable(f"{name}：没有文件 {file}", f"{name}: there is no file {file}")
    return file or None
