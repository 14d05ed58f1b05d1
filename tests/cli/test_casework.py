"""One list all its way by the real command: paper, villages, return, signature, sample, referral, Y 39."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from tests.program import Ran, run

TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()
FILLED = {
    "是否核查": "是", "核查方式": "入户", "核查人1": "赵一", "核查人2": "钱二", "核查日期": TODAY, "核查结果": "属实",
    "原因类别": "经查属违规", "整改措施": "已责令整改", "责任人": "孙三 村协理员",
}  # fmt: skip


class Office(NamedTuple):
    """A home with accounts, and a list that was drawn up."""

    home: Path
    list_id: str
    township: str

    def does(self, who: str, *arguments: str | Path, code: int = 0) -> Ran:
        ran = run("--home", self.home, "--as", who, *arguments)
        assert ran.code == code, ran.err
        return ran

    def read(self, who: str, *arguments: str | Path) -> object:
        return json.loads(self.does(who, *arguments, "--json").out)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("office")
    home = folder / "home"
    assert run("simulate", "--people", "900", "--seed", "4", "--out", folder / "data").code == 0
    assert run("--home", home, "ingest", folder / "data").code in (0, 1)
    assert run("--home", home, "screen", "--out", folder / "out").code in (0, 1)
    lists = json.loads(run("--home", home, "--as", "li", "lists", "draw", "--json").out)
    largest = max((each for each in lists if each["addressee"] == "township"), key=lambda each: each["items"])
    accounts = {
        "li": ("analyst",), "wang": ("approver",), "gong": ("working-group",), "ji": ("inspector",),
        "zhen": ("clerk", "--township", largest["township"]), "bie": ("clerk", "--township", "653123999"),
    }  # fmt: skip
    for name, (role, *more) in accounts.items():
        assert run("--home", home, "users", "add", name, "--role", role, *more).code == 0
    return Office(home, largest["id"], largest["township"])


def filled(workbook: Path, statement: str, **changes: object) -> Path:
    """Fill in every row as a clerk would."""
    book = openpyxl.load_workbook(workbook)
    sheet = book["疑点清单"]
    columns = {cell.value: cell.column for cell in sheet[3]}
    for row in range(4, sheet.max_row + 1):
        if sheet.cell(row, 1).value:
            said = {**FILLED, "事实说明": f"{statement}（{sheet.cell(row, 1).value}）", **changes}
            for heading, value in said.items():
                sheet.cell(row, columns[heading]).value = value
    book.save(workbook)
    return workbook


def test_a_list_goes_all_its_way_without_a_typed_workaround(office: Office, tmp_path: Path) -> None:
    listed = office.list_id
    office.does("li", "lists", "approve", listed, code=2)
    office.does("wang", "lists", "approve", listed)
    office.does("li", "lists", "issue", listed)
    office.does("bie", "lists", "receive", listed, code=2)
    office.does("zhen", "lists", "receive", listed)
    _, *items = office.does("zhen", "lists", "show", listed).out.splitlines()
    assert {(line.split("\t")[5], line.split("\t")[6]) for line in items} == {("已下发，待反馈", "-")}
    office.does("zhen", "lists", "paper", listed, "--out", tmp_path / "清单.pdf")
    assert (tmp_path / "清单.pdf").read_bytes().startswith(b"%PDF")
    office.does("zhen", "lists", "workbook", listed, "--by-village", "--out", tmp_path / "村")
    parts = [filled(path, "入户问了当事人") for path in sorted((tmp_path / "村").glob("*.xlsx"))]
    told = office.read("zhen", "answers", "import", *parts)
    assert isinstance(told, list)
    shown = office.read("zhen", "lists", "show", listed)
    assert isinstance(shown, dict)
    assert sum(each["accepted"] for each in told) == shown["items"]

    office.does("wang", "review", listed, "return", "--note", "请附收据存根")
    office.does("zhen", "lists", "workbook", listed, "--out", tmp_path / "再报.xlsx")
    office.does("zhen", "answers", "import", filled(tmp_path / "再报.xlsx", "存根已附"))
    office.does("zhen", "lists", "report-form", listed, "--out", tmp_path / "报告.docx")
    (tmp_path / "扫描件.pdf").write_bytes(b"%PDF-1.4 signed and sealed")
    office.does("zhen", "lists", "report", listed, "--scan", tmp_path / "扫描件.pdf", "--signed", "--sealed")
    office.does("zhen", "review", listed, "accept", code=2)
    office.does("wang", "review", listed, "accept")

    sample = office.read("gong", "spot-check", "draw", "--size", "1", "--out", tmp_path / "抽样")
    assert isinstance(sample, dict)
    [drawn] = sample["items"]
    office.does("gong", "spot-check", "record", sample["id"], drawn["id"], "--outcome", "confirmed")
    office.does("gong", "spot-check", "evaluate", sample["id"])

    referral = office.does("li", "referrals", "prepare", drawn["id"], "--reason", "拒不整改").out.strip()
    office.does("wang", "referrals", "approve", referral)
    office.does("li", "referrals", "hand-over", referral, "--out", tmp_path / "移送")
    assert {path.suffix for path in (tmp_path / "移送").iterdir()} >= {".docx", ".pdf", ".zip"}
    office.does("ji", "referrals", "take", referral)
    office.does("ji", "referrals", "end", referral, "--outcome", "confirmed", "--amount", "400")
    first, last = TODAY.replace(day=1).isoformat(), TODAY.isoformat()
    office.does(
        "li", "cases", "accountability", "--first", first, "--last", last, "--out", tmp_path / "第三十九条.docx"
    )
    figures = office.read("li", "cases", "report")
    assert isinstance(figures, list)
    assert [each["issued"] for each in figures if each["to"] == office.township] == [shown["items"]]
    assert run("--home", office.home, "verify").code == 0


def test_a_clerk_sees_no_other_townships_list_and_none_of_the_county(office: Office) -> None:
    for command in (("lists", "show", office.list_id), ("lists", "workbook", office.list_id, "--out", "/dev/null")):
        office.does("bie", *command, code=2)
    office.does("zhen", "lists", "draw", code=2)
    lists = office.read("li", "lists", "show")
    assert isinstance(lists, list)
    held = [each["id"] for each in lists if each["addressee"] == "discipline"]
    assert held
    office.does("zhen", "lists", "show", held[0], code=2)
    office.does("zhen", "referrals", "list", code=2)


def test_a_file_that_is_no_list_is_one_clear_problem_and_the_others_go_on(office: Office, tmp_path: Path) -> None:
    (tmp_path / "别的.et").write_bytes(b"\xd0\xcf\x11\xe0 wps")
    ran = office.does("li", "answers", "import", tmp_path / "别的.et", "--json", code=1)
    [told] = json.loads(ran.out)
    assert (told["accepted"], "另存为" in told["problems"][0]["message_zh"]) == (0, True)
