"""Evidence packs: what anybody can check offline, and what no hand can exchange without being found."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest

from casework.evidence.checking import check_pack
from domain.errors import Broken, Malformed, MingzhangError, NotFound
from tests.program import run

ROOT = Path(__file__).resolve().parents[2]
Files = dict[str, bytes]


class Exported(NamedTuple):
    home: Path
    out: Path
    pack: Path
    suspicion: dict[str, object]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    folder = tmp_path_factory.mktemp("evidence")
    home, out, pack = folder / "home", folder / "out", folder / "pack.zip"
    assert run("simulate", "--out", folder / "data", "--people", "1500", "--seed", "5").code == 0
    run("--home", home, "ingest", folder / "data")
    assert run("--home", home, "screen", "--out", out).code == 0
    suspicion = json.loads((out / "suspicions.jsonl").read_text(encoding="utf-8").splitlines()[0])
    made = run("--home", home, "--as", "inspector", "evidence", suspicion["suspicion_id"],
               "--run", out, "--out", pack, "--reason", "移交纪检监察")  # fmt: skip
    assert made.code == 0, made.err
    return Exported(home, out, pack, suspicion)


def content(pack: Path) -> Files:
    with zipfile.ZipFile(pack) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def written(target: Path, files: Files, *, manifest: bool) -> Path:
    """Write a pack again, with a manifest that fits where an attacker would make one."""
    if manifest:
        hashes = {name: sha256(data).hexdigest() for name, data in files.items() if name != "manifest.json"}
        files = {**files, "manifest.json": json.dumps({"files": hashes}).encode()}
    with zipfile.ZipFile(target, "w") as pack:
        for name, data in files.items():
            pack.writestr(name, data)
    return target


def stand_alone(*arguments: Path) -> subprocess.CompletedProcess[str]:
    script = ROOT / "docs" / "verify_pack.py"
    return subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False)


def test_a_pack_proves_its_evidence_offline(exported: Exported) -> None:
    proved = check_pack(exported.pack)
    evidence = exported.suspicion["evidence"]
    assert isinstance(evidence, list)
    assert proved.suspicion_id == exported.suspicion["suspicion_id"]
    assert proved.events == len({line["event_id"] for line in evidence}) + 2
    assert (proved.exported.envelope.actor, proved.exported.reason) == ("inspector", "移交纪检监察")


def test_a_pack_holds_the_finding_the_rules_and_their_parameters_as_they_ran(exported: Exported) -> None:
    files = content(exported.pack)
    assert json.loads(files["finding.json"])["suspicion"] == exported.suspicion
    rules = exported.suspicion["rules"]
    assert isinstance(rules, list)
    named = [rule for rule in rules if rule != "anomaly"]
    folders = {path.name.split("_")[0]: path for path in (ROOT / "risk" / "rules").iterdir()}
    for rule in named:
        assert files[f"rule/{rule}/rule.sql"] == (folders[rule] / "rule.sql").read_bytes()
        assert json.loads(files[f"rule/{rule}/parameters.json"])


def test_a_script_without_our_code_comes_to_the_same_result(exported: Exported, tmp_path: Path) -> None:
    key = exported.home / "log" / "key.pub"
    assert stand_alone(exported.pack, key).stdout.startswith("PROVED")
    files = content(exported.pack)
    files["rule/added.txt"] = b"another text"
    assert stand_alone(written(tmp_path / "more.zip", files, manifest=True)).returncode != 0
    script = (ROOT / "docs" / "verify_pack.py").read_text(encoding="utf-8")
    assert "mingzhang" not in script.replace("Mingzhang", "")
    assert len(script.splitlines()) <= 60


def test_a_changed_byte_of_any_file_is_found(exported: Exported, tmp_path: Path) -> None:
    files = content(exported.pack)
    for name, data in files.items():
        changed = bytearray(data)
        changed[len(data) // 2] ^= 1
        for manifest in (False, True):
            if manifest and name == "manifest.json":
                continue
            target = written(tmp_path / "changed.zip", {**files, name: bytes(changed)}, manifest=manifest)
            with pytest.raises(MingzhangError):
                check_pack(target)


def add_an_attachment(files: Files) -> None:
    files["attachments/receipt.jpg"] = b"not there when it was exported"


def replace_the_rule(files: Files) -> None:
    name = min(name for name in files if name.endswith("rule.sql"))
    files[name] = b"SELECT 1"


def drop_the_rule(files: Files) -> None:
    del files[min(name for name in files if name.endswith("rule.sql"))]


def swap_two_events(files: Files) -> None:
    one, other, *_ = sorted(name for name in files if name.startswith("events/"))
    files[one], files[other] = files[other], files[one]


def drop_the_export(files: Files) -> None:
    for name in [name for name, data in files.items() if b"\npack.Exported.v1\n" in data]:
        del files[name], files[name.replace("events", "proofs").replace(".bin", ".tlog-proof")]


@pytest.mark.parametrize(
    "attack", [add_an_attachment, replace_the_rule, drop_the_rule, swap_two_events, drop_the_export]
)
def test_a_pack_put_together_anew_is_found(
    exported: Exported, tmp_path: Path, attack: Callable[[Files], None]
) -> None:
    files = content(exported.pack)
    attack(files)
    target = written(tmp_path / "attacked.zip", files, manifest=True)
    with pytest.raises(Broken):
        check_pack(target)
    assert stand_alone(target).returncode != 0


def test_a_pack_under_another_key_is_found_with_the_key_that_was_kept(exported: Exported, tmp_path: Path) -> None:
    ran = run("--home", tmp_path / "other", "ingest", exported.out / "quarantine")
    assert ran.code in (0, 1)
    ended = run("verify", exported.pack, "--key", tmp_path / "other" / "log" / "key.pub")
    assert ended.code == 3
    assert "no valid signature" in ended.err


def test_a_result_changed_after_the_run_gives_no_pack(exported: Exported, tmp_path: Path) -> None:
    out = shutil.copytree(exported.out, tmp_path / "out")
    lines = (out / "suspicions.jsonl").read_text(encoding="utf-8")
    (out / "suspicions.jsonl").write_text(lines.replace('"rank":1,', '"rank":9,', 1), encoding="utf-8")
    ended = run("--home", exported.home, "evidence", str(exported.suspicion["suspicion_id"]), "--run", out,
                "--out", tmp_path / "pack.zip", "--reason", "x")  # fmt: skip
    assert ended.code == 3
    assert not (tmp_path / "pack.zip").exists()


def test_a_pack_wants_a_reason_and_a_suspicion_that_is_there(exported: Exported, tmp_path: Path) -> None:
    arguments = ("--run", exported.out, "--out", tmp_path / "pack.zip", "--reason")
    known = str(exported.suspicion["suspicion_id"])
    assert run("--home", exported.home, "evidence", known, *arguments, " ").code == 2
    unknown = run("--home", exported.home, "evidence", "S000", *arguments, "x")
    assert unknown.code == 2
    assert "S000" in unknown.err


def test_what_is_no_pack_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("no zip", encoding="utf-8")
    with pytest.raises(Malformed):
        check_pack(tmp_path / "text.zip")
    with pytest.raises(NotFound):
        check_pack(tmp_path / "nothing.zip")
    with pytest.raises(Malformed):
        check_pack(written(tmp_path / "empty.zip", {"a": b"b"}, manifest=False))


def test_the_ledger_remembers_who_took_the_pack_and_still_verifies(exported: Exported) -> None:
    ended = run("--home", exported.home, "verify", "--json", "--key", exported.home / "log" / "key.pub")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["proved"] is True
