"""docker-compose.yml as the tests read it."""

from __future__ import annotations

import re
from ipaddress import IPv4Address
from pathlib import Path

import msgspec
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
FIRST_START = ROOT / "deploy" / "first-start.sh"
ANYWHERE = str(IPv4Address(0))
"""Where a server in a container listens; the file says for whom."""
PREFIX, PROXY = "${MINGZHANG_NETWORK:-172.30.93}", "${MINGZHANG_PROXY:-127.0.0.1}"
RUN = "${MINGZHANG_RUN:?run deploy/first-start.sh first}"
"""The folder of what the first start makes."""
UNSET = {PREFIX: "172.30.93", PROXY: "127.0.0.1"}
"""What the file's variables stand for where nobody sets them."""


class Condition(msgspec.Struct, forbid_unknown_fields=True):
    """On what of another service one waits."""

    condition: str


class Healthcheck(msgspec.Struct, forbid_unknown_fields=True):
    """How a container is asked whether it is well."""

    test: list[str] = []
    interval: str = ""
    timeout: str = ""
    retries: int = 0
    start_period: str = ""
    disable: bool = False


class Logging(msgspec.Struct, forbid_unknown_fields=True):
    """Where a container's output goes."""

    driver: str
    options: dict[str, str]


class Subnet(msgspec.Struct, forbid_unknown_fields=True):
    """A network's addresses, and the machine's among them."""

    subnet: str
    gateway: str


class Addresses(msgspec.Struct, forbid_unknown_fields=True):
    """Where a network's addresses come from."""

    config: list[Subnet]


class Network(msgspec.Struct, forbid_unknown_fields=True):
    """A network of containers."""

    ipam: Addresses


class Service(msgspec.Struct, forbid_unknown_fields=True):
    """A service, with the elements of the Compose Specification that this file uses, in their types."""

    image: str
    volumes: list[str]
    healthcheck: Healthcheck
    mem_limit: str
    cpus: float
    pids_limit: int
    restart: str
    init: bool
    read_only: bool
    cap_drop: list[str]
    security_opt: list[str]
    logging: Logging
    tmpfs: list[str]
    environment: dict[str, str]
    stop_grace_period: str
    user: str = ""
    build: str = ""
    hostname: str = ""
    shm_size: str = ""
    cap_add: list[str] = []
    entrypoint: list[str] = []
    command: list[str] = []
    ports: list[str] = []
    depends_on: dict[str, Condition] = {}


class Compose(msgspec.Struct):
    """The file; besides these there are x- elements only."""

    name: str
    services: dict[str, Service]
    networks: dict[str, Network]
    volumes: dict[str, dict[str, str]]


def read() -> Compose:
    """Read the file; msgspec.ValidationError where an element is unknown or of another type."""
    return msgspec.convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), Compose)


def made_folder(service: Service) -> str:
    """Return the one folder of what the first start makes that a service sees, read-only; ValueError where not one."""
    (volume,) = (each for each in service.volumes if each.startswith(f"{RUN}/"))
    return volume.removeprefix(f"{RUN}/").removesuffix(":/etc/mingzhang:ro")


def placed(text: str, places: dict[str, str]) -> str:
    """Return a text of the file with the containers' places replaced by others, the longest first."""
    for place in sorted(places, key=len, reverse=True):
        text = re.sub(re.escape(place), places[place].replace("\\", "\\\\"), text)
    return text
