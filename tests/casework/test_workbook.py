"""The workbook that a township gets: its columns, allowed values, protection, evidence, and what it must never show."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import duckdb
import openpyxl
import pytest
from msoffcrypto.exceptions import InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from casework.lists.draw import draw
from casework.workbook.columns import COLUMNS, FILLED, ISSUED, place_of
from casework.workbook.guide import Innocent, RuleGuide
from casework.workbook.issue import Issue
from casework.workbook.material import read_material
from casework.workbook.township import Written, write_workbooks
from casework.workbook.wording import Wording, masks_of
from risk.catalogue.rule import Rule, load
from risk.scoring.officials import officials
from risk.scoring.score import score
from tests.casework.world import GUIDES, PEOPLE, SARKAN, Vault, insert, receipt, township_world
from tests.risk.scoring.rows import finding, findings

ISSUE = Issue("2026年第1批", date(2026, 1, 10))
HEADINGS = [
    "疑点编号",
    "批次",
    "乡镇",
    "村（社区）",
    "疑点对象",
    "疑点类型",
    "疑点描述",
    "风险等级",
    "涉及金额",
    "证据摘要",
    "核查要点（问谁、看什么凭证）",
    "下发日期",
    "反馈截止日期",
    "是否核查",
    "核查方式",
    "核查人1",
    "核查人2",
    "核查日期",
    "核查结果",
    "原因类别",
    "事实说明",
    "整改措施",
    "退还（补缴）金额",
    "退还（补缴）日期",
    "责任人",
    "村级负责人签字",
    "附件",
]
PAYERS = ("p-aygul", "p-tursun", "p-gulnar", "p-memet", "p-outsider")


def written(out: Path, *, reveal: bool = False) -> Written:
    """Write the lists of a county in which V01 kept five people's cash and the clerk K01 another's."""
    world: duckdb.DuckDBPyConnection = township_world()
    lines = [receipt(world, f"R{n:03d}", person, f"2025-10-{3 + n:02d}") for n, person in enumerate(PAYERS)]
    complaint = insert(
        world, "complaints", "J1", {"about": "paid-not-covered", "payer": "p-clerk", "received_on": "2025-12-01"}
    )
    rows = [
        finding(severity="critical", evidence=lines, amount_at_risk_fen=200_000, reason_zh="5 笔登记现金无对应缴费"),
        finding(
            rule="A08",
            family="receipt-numbers",
            severity="low",
            amount_at_risk_fen=0,
            evidence=[*lines[:2], "receipt-books:t:gone@1"],
            reason_zh="一号两用",
        ),
        finding(rule="A14", family="proof", evidence=[complaint], reason_zh="群众举报"),
        finding(subject_type="payer", subject_id="p-gulnar", category="over-collection", evidence=lines[2:3]),
        finding(subject_id="K01", evidence=lines[3:4], reason_zh="专干本人"),
    ]
    lists = draw(score(findings(*rows), officials(world)))
    return write_workbooks(world, lists, ISSUE, GUIDES, Vault(), out, reveal=reveal)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return written(tmp_path_factory.mktemp("out"), reveal=True)


@pytest.fixture(scope="module")
def book(run: Written) -> Workbook:
    return openpyxl.load_workbook(run.lists[SARKAN])


@pytest.fixture(scope="module")
def sheet(book: Workbook) -> Worksheet:
    return book["疑点清单"]


def cell(sheet: Worksheet, heading: str, row: int = 4) -> object:
    return sheet.cell(row, place_of(heading) + 1).value


def everything(book: Workbook) -> str:
    return "\n".join(
        str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value is not None
    )


def test_columns_are_those_that_townships_know(sheet: Worksheet) -> None:
    assert [cell.value for cell in sheet[3]] == HEADINGS
    assert (len(ISSUED), len(FILLED)) == (13, 14)


def test_the_issued_half_says_whom_when_and_how_much(sheet: Worksheet) -> None:
    assert (cell(sheet, "批次"), cell(sheet, "乡镇"), cell(sheet, "村（社区）")) == ("2026年第1批", "萨罕镇", "一村")
    assert (cell(sheet, "疑点类型"), cell(sheet, "风险等级"), cell(sheet, "涉及金额")) == ("收现不缴", "重大", 2000)
    assert cell(sheet, "疑点对象") == "代收人 艾*（编号V01，社保协理员，负责一村）"
    assert cell(sheet, "疑点描述") == "1. 5 笔登记现金无对应缴费\n2. 一号两用"
    assert str(cell(sheet, "反馈截止日期")) == "2026-01-25 00:00:00"


def test_check_points_say_whom_to_visit_what_to_ask_and_which_paper_settles_it(sheet: Worksheet) -> None:
    lines = str(cell(sheet, "核查要点（问谁、看什么凭证）")).split("\n")
    assert lines[0] == (
        "【找谁】代收人 艾*（编号V01，社保协理员，负责一村）；入户走访 阿*（999***********4525）、"
        "吐*（999***********1233）、古*（999***********4566）等5人（全部见“证据明细”）。"
    )
    assert "逐户问缴费人交了多少钱" in lines[1]
    assert lines[2] == "【看什么】乡镇存档的《现金征缴登记台账》原件、收据存根；票据领用登记簿、收据存根。"
    assert "停电断网无法当日缴费——供电、通信部门停电断网证明" in lines[3]


def test_evidence_sheet_names_the_register_line_to_look_up(book: Workbook, sheet: Worksheet) -> None:
    evidence = book["证据明细"]
    row = [cell.value for cell in evidence[3]]
    assert row[0] == cell(sheet, "疑点编号")
    assert row[1:7] == [
        1,
        "现金征缴登记台账",
        "乡镇存档的《现金征缴登记台账》原件、收据存根",
        "R000",
        "t",
        "城乡居民基本医疗保险（2026年）",
    ]
    assert str(row[7]) == "2025-10-03 00:00:00"
    assert row[8:14] == [400, "阿*", "999***********4525", "一村", "00000", "艾*（V01）"]
    assert "台账页码：萨罕1册第3页" in row[14]
    assert "逐笔见“证据明细”第3—8行" in str(cell(sheet, "证据摘要"))
    assert evidence["E8"].value == "gone"
    assert evidence["O8"].value == "该版本的记录已变更，按记录编号到来源系统查阅"


def test_no_complaint_no_clerk_and_no_full_name_or_number_is_shown(book: Workbook) -> None:
    text = everything(book)
    assert "阿*" in text
    for hidden in ("举报", "J1", "专干本人", "K01", *(part for person in PEOPLE.values() for part in person)):
        assert hidden not in text


def test_fill_in_cells_take_only_the_values_allowed(sheet: Worksheet) -> None:
    rules = {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}
    first = {column.heading: sheet.cell(4, place + 1).coordinate for place, column in enumerate(COLUMNS)}
    at = {heading: rules[place] for heading, place in first.items() if place in rules}
    assert at["是否核查"].formula1 == '"是,否"'
    assert at["核查方式"].formula1 == '"入户,电话,资料,银行流水"'
    assert at["核查结果"].formula1 == '"属实,不属实,部分属实,无法核实"'
    assert (at["核查人2"].type, at["核查人2"].formula1) == ("custom", "Q4<>P4")
    assert (at["核查日期"].type, at["核查日期"].formula1) == ("date", "46032")
    assert (at["退还（补缴）金额"].type, at["退还（补缴）金额"].operator) == ("decimal", "greaterThanOrEqual")
    assert at["退还（补缴）日期"].type == "date"
    free = {"核查人1", "事实说明", "整改措施", "责任人", "村级负责人签字", "附件"}
    assert {column.heading for column in FILLED} - set(at) == free


def test_causes_are_the_honest_reasons_of_the_suspicions_own_rules(book: Workbook, sheet: Worksheet) -> None:
    (rule,) = [
        rule
        for rule in sheet.data_validations.dataValidation
        if str(rule.sqref) == f"{sheet.cell(4, place_of('原因类别') + 1).coordinate}"
    ]
    assert rule.formula1 == "选项!$A$4:$E$4"
    assert [cell.value for cell in book["选项"][4]] == [
        "经查属违规",
        "停电断网无法当日缴费",
        "身份证号码登记笔误，已缴在相近号码下",
        "一张收据开两个险种",
        "其他（在“事实说明”写明）",
    ]
    assert book["选项"].sheet_state == "hidden"


def test_issued_cells_are_locked_fill_in_cells_open_and_there_is_no_password(sheet: Worksheet) -> None:
    locked = {column.heading for place, column in enumerate(COLUMNS) if sheet.cell(4, place + 1).protection.locked}
    assert locked == {column.heading for column in ISSUED}
    assert (sheet.protection.sheet, sheet.protection.password) == (True, None)


def test_it_prints_on_a4_across_two_pages_with_headings_repeated(sheet: Worksheet) -> None:
    setup = sheet.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight) == ("landscape", 9, 2, 0)
    assert (sheet.print_title_rows, sheet.print_title_cols, sheet.freeze_panes) == ("$1:$3", "$A:$A", "B4")
    issued = sum(column.width for column in ISSUED)
    filled = ISSUED[0].width + sum(column.width for column in FILLED)
    assert filled <= issued < issued + FILLED[0].width
    assert issued - ISSUED[-1].width + filled > issued


def test_the_report_counts_from_the_list(book: Workbook) -> None:
    report = book["自查报告"]
    formulas = {report.cell(row, 1).value: report.cell(row, 4).value for row in range(1, report.max_row + 1)}
    assert formulas["下发疑点"] == "=COUNTA(疑点清单!$A$4:$A$5)"
    assert formulas["已核查"] == '=COUNTIF(疑点清单!$N$4:$N$5,"是")'
    assert formulas["部分属实"] == '=COUNTIF(疑点清单!$S$4:$S$5,"部分属实")'
    assert formulas["已整改（退还、补缴）"] == '=COUNTIF(疑点清单!$W$4:$W$5,">0")'
    assert "分管领导签字：" in everything(book)
    assert "（加盖公章）" in everything(book)


def test_stored_results_of_formulas_are_those_at_issue(run: Written) -> None:
    report = openpyxl.load_workbook(run.lists[SARKAN], data_only=True)["自查报告"]
    counts = {report.cell(row, 1).value: report.cell(row, 4).value for row in range(1, 20)}
    assert (counts["下发疑点"], counts["已核查"], counts["未核查"]) == (2, 0, 2)


def test_instructions_name_the_paper_that_proves_each_honest_reason(book: Workbook) -> None:
    text = "\n".join(str(value) for row in book["填写说明"].iter_rows(values_only=True) for value in row if value)
    assert "收到当日不计" in text
    assert "供电、通信部门停电断网证明" in text
    assert all(column.heading in text for column in FILLED)


def test_equal_input_gives_equal_bytes(tmp_path: Path, run: Written) -> None:
    assert written(tmp_path).lists[SARKAN].read_bytes() == run.lists[SARKAN].read_bytes()


def test_a_new_run_into_the_same_folder_leaves_no_list_of_an_older_one(tmp_path: Path) -> None:
    older = tmp_path / "lists" / "653123999" / "疑点清单.xlsx"
    older.parent.mkdir(parents=True)
    older.write_bytes(b"older")
    revealed = written(tmp_path, reveal=True)
    assert not older.parent.exists()
    plain = written(tmp_path)
    assert plain.lists[SARKAN].exists()
    assert not revealed.visits[SARKAN].exists()


def test_the_list_of_visits_opens_only_with_its_password(run: Written) -> None:
    sealed = run.visits[SARKAN].read_bytes()
    assert "阿依古丽".encode() not in sealed
    with pytest.raises(Exception, match="zip"):
        openpyxl.load_workbook(BytesIO(sealed))
    opened = OOXMLFile(BytesIO(sealed))
    opened.load_key(password=run.passwords[SARKAN].swapcase())
    with pytest.raises(InvalidKeyError):
        opened.decrypt(BytesIO(), verify_integrity=True)
    (aygul,) = [row for row in visits(run) if row[4] == "阿依古丽"]
    assert aygul[2:7] == ("一村", "1组12号", "阿依古丽", "999901198503124525", "13899912345")


def visits(run: Written) -> list[tuple[object, ...]]:
    """Return the residents of the decrypted list of visits."""
    plain = BytesIO()
    opened = OOXMLFile(BytesIO(run.visits[SARKAN].read_bytes()))
    opened.load_key(password=run.passwords[SARKAN])
    opened.decrypt(plain)
    found = openpyxl.load_workbook(plain).active
    return list(found.iter_rows(min_row=3, values_only=True))


def test_the_list_of_visits_holds_the_townships_own_residents_with_their_suspicions(
    run: Written, sheet: Worksheet
) -> None:
    rows = {row[4]: row for row in visits(run)}
    assert set(rows) == {PEOPLE[person][0] for person in PAYERS if person != "p-outsider"}
    assert rows["古丽娜尔"][1] == f"{cell(sheet, '疑点编号', 4)}\n{cell(sheet, '疑点编号', 5)}"


def test_without_a_stated_reason_no_list_of_visits_is_made_and_no_password_is_written(
    tmp_path: Path, run: Written
) -> None:
    quiet = written(tmp_path)
    assert (dict(quiet.visits), dict(quiet.passwords)) == ({}, {})
    assert [path.name for path in tmp_path.rglob("*.xlsx")] == ["疑点清单.xlsx"]
    folder = run.visits[SARKAN].parent
    assert not any(run.passwords[SARKAN].encode() in path.read_bytes() for path in folder.iterdir())


def test_a_row_stays_short_enough_to_print_and_says_what_it_leaves_to_other_sheets() -> None:
    world = township_world()
    many = tuple(Innocent(f"情形{n}", f"凭证{n}") for n in range(1, 9))
    rows = [finding(rule=f"A{n:02d}", reason_zh=f"理由{n}") for n in range(1, 10)]
    lists = draw(score(findings(*rows), officials(world)))
    material = read_material(world, lists)
    wording = Wording(material, masks_of(lists, material, Vault()), {"A01": RuleGuide("标题", "问。", many)})
    item = lists[0].items[0]
    assert wording.description(item).split("\n")[-2:] == ["6. 理由6", "另有3项较轻情形，证据一并列在“证据明细”"]
    assert "情形6——凭证6；其余2种见“填写说明”。" in wording.check(item)
    assert "情形7" not in wording.check(item)


def test_subjects_are_named_as_a_clerk_can_find_them() -> None:
    world = township_world()
    kinds = {
        "payer": "p-aygul",
        "account": "a-wallet",
        "card": "c-erased",
        "terminal": "T900",
        "village": "653123103201",
    }
    kinds |= {"fee-account": "resident-medical", "collector": "V99"}
    rows = [finding(subject_type=kind, subject_id=subject, evidence=[]) for kind, subject in kinds.items()]
    lists = draw(score(findings(*rows), officials(world)))
    material = read_material(world, lists)
    wording = Wording(material, masks_of(lists, material, Vault()), {})
    named = {item.subject_type: wording.subject(item) for item in lists[0].items}
    assert named == {
        "payer": "缴费人 阿*（999***********4525）",
        "account": "账户 ***************0018",
        "card": "银行卡 （号码未登记）",
        "village": "村（社区） 一村",
        "fee-account": "入库账户 城乡居民基本医疗保险",
        "collector": "代收人 V99（不在代收人员名册）",
    }
    assert "【找谁】一村经办人和负责人。" in wording.check(
        next(item for item in lists[0].items if item.subject_type == "village")
    )


@pytest.mark.parametrize("rule", [each for each in load().rules if each.card.addressee == "township"], ids=str)
def test_no_words_that_a_township_gets_of_a_rule_speak_of_complaints(rule: Rule) -> None:
    card = rule.card
    honest = [text for each in card.innocent for text in (each.zh, each.en, each.proof.zh, each.proof.en)]
    told = " ".join((card.title.zh, card.title.en, card.check.zh, card.check.en, *honest))
    assert "举报" not in told
    assert "complain" not in told
