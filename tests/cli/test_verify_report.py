"""verify --report: the page that an inspector files, of a proof and of what it found."""

from __future__ import annotations

import shutil
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from casework.evidence.checking import PackProved
from domain.cases.evidence import PackExported
from domain.fact import Envelope
from domain.version import VERSION
from ledger.merkle.checkpoint import read_checkpoint
from ledger.merkle.given import read_key
from ledger.merkle.printed import printed
from mingzhang.commands.proof_report import ProofReport
from tests.ledger.merkle.sealed import SIZES, Kept, attack, build
from tests.program import run


@pytest.fixture(scope="module")
def kept_once(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return build(tmp_path_factory.mktemp("report"))


@pytest.fixture
def kept(kept_once: Kept, tmp_path: Path) -> Kept:
    return kept_once._replace(home=shutil.copytree(kept_once.home, tmp_path / "copy"))


def read(file: Path) -> str:
    pages = pypdf.PdfReader(BytesIO(file.read_bytes())).pages
    assert len(pages) == 1
    assert (round(float(pages[0].mediabox.width)), round(float(pages[0].mediabox.height))) == (595, 842)
    return "".join(pages[0].extract_text().split())


def test_a_proof_is_told_on_one_page(kept: Kept, tmp_path: Path) -> None:
    report = tmp_path / "report.pdf"
    ended = run("--home", kept.home, "verify", "--key", kept.key, "--since", kept.checkpoints, "--report", report)
    assert ended.code == 0, ended.err
    assert str(report) in ended.err
    assert "已证明" in ended.out
    text, signed = read(report), read_checkpoint((kept.home / "log" / "checkpoint").read_text(encoding="utf-8"))
    for said in (
        "账本核对报告",
        "已证明，未见改动",
        f"第1至{SIZES[-1]}号事件没有一条被改动",
        kept.key.read_text(encoding="utf-8").strip(),
        "核对人自带",
        f"{SIZES[-1]}条",
        signed.checkpoint.root.hex(),
        *(f"{size}条" for size in SIZES),
        f"明账{VERSION}",
        "不证明：记录在进账本之前属实",
        "核对人：",
        "UTC",
        "MZ1|verify-",
    ):
        assert said in text, said


def test_without_older_checkpoints_the_page_claims_no_more(kept: Kept, tmp_path: Path) -> None:
    report = tmp_path / "report.pdf"
    assert run("--home", kept.home, "verify", "--report", report).code == 0
    text = read(report)
    assert "与自身一致，未与早先检查点比对" in text
    assert "不能排除整本日志被重做" in text
    assert "取自所核对的材料本身" in text
    assert "已证明，未见改动" not in text


def test_what_was_changed_stands_on_the_page_and_the_exit_code_stays(kept: Kept, tmp_path: Path) -> None:
    attack(kept.home, ("UPDATE stored_events SET state = ? WHERE position = 300", (b'{"amount":0}',)))
    report = tmp_path / "report.pdf"
    ended = run("--home", kept.home, "verify", "--key", kept.key, "--since", kept.checkpoints, "--report", report)
    assert ended.code == 3
    text = read(report)
    assert "核对不通过" in text
    assert "第300号事件" in text
    assert '{"amount":0}' in text
    assert '{"amount":299' in text
    assert "已证明" not in text
    assert str(SIZES[0]) in text


def test_a_long_event_is_cut_on_the_page_and_says_so(kept: Kept, tmp_path: Path) -> None:
    attack(kept.home, ("UPDATE stored_events SET state = ? WHERE position = 300", (b'{"x":"' + b"y" * 9_000 + b'"}',)))
    report = tmp_path / "report.pdf"
    assert run("--home", kept.home, "verify", "--key", kept.key, "--report", report).code == 3
    assert "全文见verify命令输出" in read(report)


def test_a_checkpoint_that_nobody_signed_is_reported_too(kept: Kept, tmp_path: Path) -> None:
    other, report = build(tmp_path / "other"), tmp_path / "report.pdf"
    ended = run("--home", kept.home, "verify", "--key", other.key, "--report", report)
    assert ended.code == 3
    assert "没有公钥" in read(report)


def test_the_line_of_a_printed_paper_is_an_older_checkpoint(kept: Kept, tmp_path: Path) -> None:
    signed = read_checkpoint((kept.checkpoints / f"{SIZES[1]:05d}").read_text(encoding="utf-8"))
    line = printed("653123103-2026-12", signed).text()
    scanned, report = tmp_path / "scanned.txt", tmp_path / "report.pdf"
    scanned.write_text(line, encoding="utf-8")
    ended = run("--home", kept.home, "verify", "--key", kept.key, "--since", scanned, "--report", report)
    assert ended.code == 0, ended.err
    assert f"最早 {SIZES[1]} 条" in ended.out
    assert "653123103-2026-12" in read(report)
    assert run("--home", kept.home, "verify", "--key", kept.key, "--since", line).code == 0
    attack(kept.home, ("UPDATE stored_events SET state = ? WHERE position = 7", (b'{"amount":0}',)))
    assert run("--home", kept.home, "verify", "--key", kept.key, "--since", line).code == 3


def test_what_a_pack_proves_is_told_as_well(kept: Kept, tmp_path: Path) -> None:
    signed = read_checkpoint((kept.home / "log" / "checkpoint").read_text(encoding="utf-8"))
    envelope = Envelope("mingzhang", "653123", datetime(2026, 2, 2, tzinfo=UTC), "王某", "x", "x")
    exported = PackExported(envelope=envelope, suspicion_id="S-00001", run="screening:1", pack={}, reason="移交纪检")
    page = ProofReport("证据.zip", (), own_key=True)
    page.pack(PackProved(signed.checkpoint, read_key(kept.key), 7, "S-00001", exported))
    file = tmp_path / "report.pdf"
    file.write_bytes(page.content())
    text = read(file)
    for said in (
        "证据包中7条事件都在日志（1100条）中，一字未改",
        "疑点S-00001；由王某导出，事由：移交纪检",
        "证据.zip",
    ):
        assert said in text
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(broken, "w") as opened:
        opened.writestr("manifest.json", '{"files": {"events/1.bin": "00"}}')
    assert run("verify", broken, "--report", file).code == 3
    assert "events/1.bin与清单manifest.json不符" in read(file)


def test_what_cannot_be_written_or_is_no_pdf_is_said(kept: Kept, tmp_path: Path) -> None:
    assert run("--home", kept.home, "verify", "--report", tmp_path / "report.txt").code == 2
    assert run("--home", kept.home, "verify", "--report", tmp_path / "nowhere" / "report.pdf").code == 4
    assert run("--home", kept.home, "verify", "--vault", "--report", tmp_path / "report.pdf").code == 2
    assert list(tmp_path.glob("*.pdf")) == []


def test_wrong_use_leaves_no_report(kept: Kept, tmp_path: Path) -> None:
    report = tmp_path / "report.pdf"
    assert run("--home", kept.home, "verify", "--key", "/nowhere", "--report", report).code == 2
    assert not report.exists()
