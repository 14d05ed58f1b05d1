"""OUT/report.html: one page that loads nothing, tells what the other files tell, and is the same for the same run."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.county import data_folder, number, payment, receipt
from tests.program import run

PAYLOAD = "<script>alert('明')</script>"
PERSON = "买买提江"


class Seen(HTMLParser):
    """Tags that could load something, and attributes that could run something."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag in {"script", "link", "img", "iframe", "object", "base", "form"}:
            self.wrong.append(tag)
        self.wrong += [name for name in named if name.startswith("on") or name in {"src", "style"}]
        address = named.get("href") or "#"
        if not address.startswith("#"):
            self.wrong.append(address)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Screen a small county in a home. That the same run gives the same page is held by tests/docs/test_shown_runs."""
    folder = tmp_path_factory.mktemp("report")
    collector = {
        "record_id": "C01", "name": PERSON, "id_number": number(7), "role": "village-agent",
        "division": "653123100201", "appointed_on": "2025-01-01",
    }  # fmt: skip
    lines = [receipt(f"R{n}", n, payer_name=f"{PERSON}{PAYLOAD}") for n in range(1, 9)]
    data_folder(
        folder / "data", collectors=[collector], cash_receipts=lines,
        payments=[payment("P1", 1, collector_id="C01"), payment("P2", 2, amount=f"四百{PAYLOAD}")],
        divisions=[{"record_id": "653123", "name": "英吉沙县"}, {"record_id": "653123100", "name": f"镇{PAYLOAD}"}],
    )  # fmt: skip
    home, day = ("--home", folder / "home"), ("--as-of", "2026-01-20")
    ended = run("screen", folder / "data", *home, "--out", folder / "out", *day)
    assert ended.code == 1, ended.err
    return folder / "out"


@pytest.fixture(scope="module")
def page(out: Path) -> str:
    return (out / "report.html").read_text(encoding="utf-8")


def test_it_loads_nothing_and_runs_nothing(page: str) -> None:
    seen = Seen()
    seen.feed(page)
    assert seen.wrong == []
    assert "default-src 'none'" in page
    assert "url(" not in page
    assert "@import" not in page
    assert PAYLOAD not in page
    assert "镇&lt;script&gt;" in page


def test_it_tells_what_the_other_files_tell(page: str, out: Path) -> None:
    lines = [json.loads(line) for line in (out / "suspicions.jsonl").read_text(encoding="utf-8").splitlines()]
    account = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert len(lines) >= 1
    assert lines[0]["reasons"]["zh"][0] in page
    assert f"<b>{len(lines)}</b><span>疑点</span>" in page
    assert f"<b>{account['findings']}</b><span>findings</span>" in page
    assert account["root_hash"] in page
    assert [rule for rule in account["rules"] if f"<b>{rule}</b>" not in page] == []
    counts = account["records"]["payments"]
    cells = "".join(f'<td class="n">{counts[name]}</td>' for name in ("read", "appended", "repeated"))
    assert f"<td>payments</td>{cells}" in page
    assert all(note in page for notes in account["rule_notes"].values() for note in notes)


def test_a_reason_that_rules_share_is_told_once(page: str, out: Path) -> None:
    notes = json.loads((out / "run.json").read_text(encoding="utf-8"))["rule_notes"]
    lacking = "缺少POS交易流水（pos-transactions）"
    sharing = [rule for rule, own in notes.items() if lacking in own]
    assert len(sharing) == 12
    assert page.count(f"<td>{lacking}</td>") == 1
    assert f"<b>{' '.join(sharing)}</b>" in page


def test_no_name_and_no_number_stands_in_it(page: str, out: Path) -> None:
    assert PERSON not in page
    assert not any(number(sequence) in page for sequence in range(1, 10))
    lines = (out / "suspicions.jsonl").read_text("utf-8")
    tokens = re.findall(r'"subject_type":"(?:payer|card|account)","subject_id":"([^"]+)"', lines)
    assert not any(token in page for token in tokens)


def test_the_english_half_has_no_chinese_words_of_its_own(page: str) -> None:
    half = page.partition('<section id="en"')[2]
    plain = re.sub(r'<(\w+)[^>]* lang="zh">.*?</\1>', "", half, flags=re.DOTALL)
    assert re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<[^>]*>", " ", plain)) == []
