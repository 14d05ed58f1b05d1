"""The scripts that an administrator runs: what they make, and that they make it once."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.deploy.compose import FIRST_START, ROOT, made_folder, read

SCRIPTS = sorted([*(ROOT / "deploy").glob("*.sh"), ROOT / "deploy" / "broker" / "start.sh"])
SECRET = ("password", "secret", "scram", "key", "pgpass")


def run(*command: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **settings}
    arguments = list(map(str, command))
    return subprocess.run(
        arguments, capture_output=True, text=True, check=False, timeout=120, env=environment
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deploy") / "run"
    done = run(FIRST_START, "--folder", folder, "--host", "broker.test")
    assert done.returncode == 0, done.stderr
    assert f"--env-file {folder}/compose.env" in done.stderr
    return folder


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another installation, whose broker is reached at another port."""
    folder = tmp_path_factory.mktemp("other") / "run"
    assert run(FIRST_START, "--folder", folder, MINGZHANG_KAFKA_PORT="19093").returncode == 0
    return folder


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_well_formed_stops_at_errors_and_may_be_run(script: Path) -> None:
    assert run("bash", "-n", script).returncode == 0
    assert "\nset -euo pipefail\n" in script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)


def test_everything_is_for_its_owner_alone(made: Path) -> None:
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in made.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}


@pytest.mark.parametrize(
    ("name", "files"),
    {
        "serve": {"ca.pem", "pgpass"}, "follow": {"ca.pem", "pgpass"},
        "consume": {"ca.pem", "pgpass", "consume.password"}, "publish": {"ca.pem", "pgpass", "publish.password"},
    }.items(),
)  # fmt: skip
def test_a_process_sees_its_own_password_and_no_other(made: Path, name: str, files: set[str]) -> None:
    assert set(contents(made / made_folder(read().services[name]))) == files


def test_run_again_it_changes_nothing(made: Path) -> None:
    before = contents(made)
    assert run(FIRST_START, "--folder", made, "--host", "other.test").returncode == 0
    assert contents(made) == before


def test_the_brokers_port_is_announced_as_it_is_published_and_lines_of_the_administrator_stay(other: Path) -> None:
    with (other / "compose.env").open("a") as lines:
        lines.write("MINGZHANG_WEB=10.1.2.3:8765\n")
    assert run(FIRST_START, "--folder", other).returncode == 0
    assert ":19093,LOCAL://" in (other / "broker" / "server.properties").read_text(encoding="utf-8")
    assert (other / "compose.env").read_text(encoding="utf-8").splitlines() == [
        f"MINGZHANG_RUN={other}", "MINGZHANG_KAFKA_PORT=19093", "MINGZHANG_WEB=10.1.2.3:8765",
    ]  # fmt: skip


def test_the_brokers_log_gets_nothing_of_what_its_storage_is_made_with() -> None:
    text = (ROOT / "deploy" / "broker" / "start.sh").read_text(encoding="utf-8")
    (command,) = (part for part in text.replace("\\\n", "").splitlines() if "--add-scram" in part)
    assert command.endswith(" >/dev/null")


def test_two_installations_share_no_secret(made: Path, other: Path) -> None:
    first, second = contents(made), contents(other)
    assert set(first) == set(second)
    alike = [name for name in first if any(word in name for word in SECRET) and first[name] == second[name]]
    assert alike == []


def test_certificates_name_the_servers_and_hold(made: Path) -> None:
    for server, names in {"broker": ("kafka", "broker.test"), "database": ("postgres",)}.items():
        for name in names:
            done = run(
                "openssl", "verify", "-CAfile", made / "authority" / "ca.pem", "-verify_hostname", name,
                made / server / "certificate.pem",
            )  # fmt: skip
            assert done.returncode == 0, done.stderr


def test_a_wrong_host_or_option_changes_nothing(tmp_path: Path) -> None:
    assert run(FIRST_START, "--folder", tmp_path / "run", "--host", "a b").returncode == 2
    assert run(FIRST_START, "--folder", tmp_path / "run", MINGZHANG_KAFKA_PORT="x").returncode == 2
    assert run(FIRST_START, "--what").returncode == 2
    assert not (tmp_path / "run").exists()


def test_a_department_gets_a_password_once_and_the_rights_that_were_said(made: Path) -> None:
    script = ROOT / "deploy" / "department.sh"
    for _ in range(2):
        done = run(script, "tax-office", "write collection.payments", MINGZHANG_RUN=str(made))
        assert done.returncode == 0, done.stderr
    password = (made / "users" / "tax-office.password").read_text(encoding="ascii")
    assert len(password) == 44
    assert password not in done.stderr
    assert (made / "users" / "tax-office.rights").read_text(encoding="ascii") == "write collection.payments\n"
    for name in ("admin", "consume", "../x", "A"):
        assert run(script, name, "write collection.payments", MINGZHANG_RUN=str(made)).returncode == 2


def test_the_wheelhouse_says_how_it_is_called() -> None:
    done = run(ROOT / "deploy" / "wheelhouse.sh")
    assert done.returncode == 2
    assert "FOLDER" in done.stderr
