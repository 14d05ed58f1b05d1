"""The Compose file is of the specified form, confines what it starts, and holds nothing secret."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from consumers.connection import SETTINGS
from consumers.rights import OURS
from domain.version import VERSION
from tests.deploy.compose import ANYWHERE, FILE, PROXY, ROOT, UNSET, made_folder, placed, read

SERVICES = ("kafka", "prepare", "postgres", "serve", "consume", "publish", "follow")
LASTING = ("serve", "consume", "publish", "follow")


def test_the_file_has_the_specified_form() -> None:
    assert set(read().services) == set(SERVICES)
    top = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    assert {name for name in top if not name.startswith("x-")} == {"name", "networks", "services", "volumes"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_confined_limited_and_asked_whether_it_is_well(name: str) -> None:
    service = read().services[name]
    assert service.read_only
    assert service.cap_drop == ["ALL"]
    assert service.security_opt == ["no-new-privileges:true"]
    assert re.fullmatch(r"[0-9]+[mg]", service.mem_limit)
    assert 0 < service.cpus <= 2
    assert service.healthcheck.disable == (name == "prepare")
    assert service.healthcheck.disable or service.healthcheck.test[0] == "CMD"
    assert service.logging.options["max-size"]
    # The database's own entry gives root away before it starts the server.
    assert bool(service.user) == (name != "postgres")
    assert not service.user.startswith(("0", "root"))


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_is_pinned_and_nothing_starts_without_the_first_start(name: str) -> None:
    service = read().services[name]
    _, colon, tag = service.image.partition(":")
    assert colon
    assert re.match(r"[0-9]+\.[0-9]+", tag)
    assert re.fullmatch(r"[a-z]+", made_folder(service))


@pytest.mark.parametrize("name", SERVICES)
def test_the_stop_signal_reaches_who_is_to_stop(name: str) -> None:
    service = read().services[name]
    # An init of root's may not signal the user that the image becomes.
    assert service.init == bool(service.user)


@pytest.mark.parametrize("name", LASTING)
def test_what_a_process_writes_lies_on_a_volume_or_in_memory(name: str) -> None:
    service = read().services[name]
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    places = re.findall(r"\b(?:MINGZHANG_HOME=|XDG_CACHE_HOME=|WORKDIR )(/\S+)", text)
    assert len(places) == 3
    writable = [volume.split(":")[1] for volume in service.volumes if not volume.endswith(":ro")]
    writable += [place.partition(":")[0] for place in service.tmpfs]
    for place in places:
        assert any(Path(place).is_relative_to(room) for room in writable), place


def test_pages_are_for_this_machine_unless_somebody_says_else_and_believe_its_proxy_alone() -> None:
    found = read()
    serve, (network,) = found.services["serve"], found.networks["default"].ipam.config
    assert serve.ports == ["${MINGZHANG_WEB:-127.0.0.1:8765}:8765"]
    assert "--https" in serve.command
    proxies = {word.removeprefix("--proxy=") for word in serve.command if word.startswith("--proxy=")}
    assert proxies == {network.gateway, PROXY}
    assert ip_address(placed(network.gateway, UNSET)) in ip_network(placed(network.subnet, UNSET))


def test_pages_ask_the_processes_where_these_answer() -> None:
    services = read().services
    for address in services["serve"].environment["MINGZHANG_PROCESSES"].split(","):
        name, _, port = address.partition(":")
        command = services[name].command
        assert command[command.index("--metrics-host") + 1] == ANYWHERE
        assert command[command.index("--metrics-port") + 1] == port
    assert not [key for key in services["serve"].environment if key.startswith("MINGZHANG_KAFKA")]


def test_the_version_is_one_and_needs_no_installed_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == VERSION
    assert {read().services[name].image for name in LASTING} == {f"mingzhang:{VERSION}"}
    rooms = [str(name).removesuffix("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]]
    for file in (file for room in rooms for file in (ROOT / room).rglob("*.py")):
        assert not re.search(r"""(version|distribution)\(["']mingzhang""", file.read_text(encoding="utf-8")), file


def test_the_broker_is_the_one_that_the_tests_run() -> None:
    text = (ROOT / "tests" / "kafka" / "pom.xml").read_text(encoding="utf-8")
    versions = re.findall(r"<version>(.*?)</version>", text)
    assert read().services["kafka"].image.partition(":")[2] in versions


def test_no_password_and_no_key_stands_in_what_is_shipped() -> None:
    files = [FILE, ROOT / "Dockerfile", *(ROOT / "deploy").glob("*.*"), *(ROOT / "deploy" / "broker").iterdir()]
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert "PRIVATE KEY" not in text, file.name
        assert not re.search(r"(?i)password\s*[:=]\s*[\"']?[a-z0-9]{6,}", text), file.name
    for service in read().services.values():
        for name, value in service.environment.items():
            assert "PASSWORD" not in name or (name.endswith("PASSWORD_FILE") and value.startswith("/etc/mingzhang/"))


@pytest.mark.parametrize("name", ["consume", "publish"])
def test_each_process_has_its_own_user_and_reaches_ledger_and_broker_over_tls(name: str) -> None:
    service = read().services[name]
    assert service.environment["MINGZHANG_KAFKA_USER"] == name
    assert name in OURS
    assert service.environment["MINGZHANG_KAFKA_SECURITY"] == "sasl-tls"
    assert "sslmode=verify-full" in service.environment["MINGZHANG_LEDGER"]
    ours = [key for key in service.environment if key.startswith("MINGZHANG_KAFKA")]
    assert set(ours) <= set(SETTINGS)
    assert {each.condition for each in service.depends_on.values()} == {
        "service_healthy", "service_completed_successfully",
    }  # fmt: skip


def test_the_image_has_no_root_and_every_room_of_the_program() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    last = text.rpartition("\nFROM ")[2]
    assert "\nUSER 10001:10001\n" in last
    assert "pip" not in last
    assert "apt-get" not in last
    assert "--require-hashes" in text
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rooms = project["tool"]["setuptools"]["packages"]["find"]["include"]
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for room in (str(name).removesuffix("*") for name in rooms):
        assert f"COPY {room} /opt/mingzhang/{room}\n" in last
        assert f"!{room}" in ignored


def test_the_lock_of_the_image_is_what_the_program_needs_of_the_whole_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    waiting = [Requirement(line) for line in project["project"]["dependencies"]]
    needed: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        found = waiting.pop()
        key = found.name.lower().replace("_", "-"), frozenset(found.extras)
        if key in needed:
            continue
        needed.add(key)
        for line in distribution(found.name).requires or []:
            below = Requirement(line)
            extras = [*found.extras, ""]
            if below.marker is None or any(below.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(below)
    whole, runtime = (locked(name) for name in ("requirements.txt", "runtime.txt"))
    assert set(runtime) == {name for name, _ in needed}
    assert {name: whole[name] for name in runtime} == runtime


def locked(name: str) -> dict[str, str]:
    """Return a lock's packages with their versions and hashes."""
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / "locks" / name).read_text(encoding="utf-8").strip())
    return {re.split(r"==|\[", block)[0]: block for block in blocks}
