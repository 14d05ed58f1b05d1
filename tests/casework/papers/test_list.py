"""The printed list: the issued columns, its QR code, long texts and many rows."""

from __future__ import annotations

import time
from datetime import date
from io import BytesIO
from pathlib import Path

import pypdf

from casework.lists.draw import draw
from casework.papers.suspicion_list import ListPaper, code_of, list_items, list_pdf
from casework.workbook.evidence_sheet import spans
from casework.workbook.issue import Issue
from casework.workbook.list_sheet import ListPage
from casework.workbook.material import read_material
from casework.workbook.wording import Wording, masks_of
from ledger.merkle.printed import read_printed
from risk.scoring.officials import officials
from risk.scoring.score import score
from tests.casework.papers.samples import LONG, SIGNED, fonts_of, item, listed, pages_of, text_of
from tests.casework.world import GUIDES, PEOPLE, SARKAN, Vault, receipt, township_world
from tests.risk.scoring.rows import finding, findings


def test_it_says_all_that_was_issued() -> None:
    text = text_of(list_pdf(listed()))
    for said in (
        "萨罕镇现金缴费风险疑点清单",
        "英税疑〔2026〕12号",
        "2026年第1批",
        "下发日期：2026-01-10",
        "反馈截止日期：2026-01-25",
        "共2条",
        "4000.00元",
        "另有3条",
        "S-00001",
        "代收人艾*",
        "收现不缴",
        "收据号码重复",
        "2000.00",
        "第4—8行",
        "【找谁】",
        "【什么材料可以排除】",
        "签收人（乡镇）：",
        "签发人：",
        "2026年1月10日",
        "第1页共1页",
    ):
        assert said.replace(" ", "") in text, said


def test_pages_lie_across_and_every_font_is_embedded() -> None:
    content = list_pdf(listed())
    assert set(pages_of(content)) == {(297, 210)}
    fonts = fonts_of(content)
    assert fonts
    assert all(fonts.values())
    assert all("CJK" in name for name in fonts)


def test_equal_lists_give_equal_bytes_and_another_list_others() -> None:
    assert list_pdf(listed()) == list_pdf(listed())
    assert list_pdf(listed()) != list_pdf(listed(item(3)))


def test_the_code_holds_the_checkpoint_and_the_line_below_it_can_be_typed_off() -> None:
    code = code_of(SIGNED)
    assert code is not None
    assert read_printed(code.payload) == SIGNED
    typed = read_printed(code.caption.splitlines()[-1])
    assert (typed.checkpoint, typed.signature) == (SIGNED.checkpoint, b"")
    assert SIGNED.unsigned().replace(" ", "") in text_of(list_pdf(listed()))


def test_a_list_without_a_checkpoint_says_so() -> None:
    assert "本清单未载明账本检查点" in text_of(list_pdf(listed(printed=None)))
    assert "本清单未载明账本检查点" not in text_of(list_pdf(listed()))


def test_long_names_and_texts_are_whole() -> None:
    wide = "X" * 300 + "Z"
    text = text_of(list_pdf(listed(item(subject=LONG, summary=wide, check="问" * 6_000 + "完"))))
    assert LONG in text
    assert wide in text
    assert text.count("问") >= 6_000
    assert "问完" in text


def test_headings_stand_on_every_page_and_numbers_run_through() -> None:
    content = list_pdf(listed(*(item(number) for number in range(1, 41))))
    pages = pages_of(content)
    text = text_of(content)
    assert len(pages) > 3
    assert text.count("核查要点（问谁、看什么凭证）") == len(pages)
    assert f"第{len(pages)}页共{len(pages)}页" in text
    assert [f"S-{number:05d}" in text for number in range(1, 41)] == [True] * 40


def test_five_hundred_items_take_seconds() -> None:
    paper = listed(*(item(number) for number in range(1, 501)))
    begun = time.process_time()
    content = list_pdf(paper)
    assert time.process_time() - begun < 60
    last = pypdf.PdfReader(BytesIO(content)).pages[-1].extract_text()
    assert "S-00500" in "".join(last.split())


def test_an_empty_list_is_a_paper_too() -> None:
    paper = ListPaper(
        number="1号",
        township="萨罕镇",
        issuer="税务局",
        batch="1",
        issued_on=date(2026, 1, 10),
        due_on=date(2026, 1, 25),
        days=15,
        items=(),
    )
    assert "共0条，涉及金额0.00元" in text_of(list_pdf(paper))


def test_items_of_a_workbook_come_in_its_words_and_masked() -> None:
    world = township_world()
    lines = [receipt(world, f"R{n:03d}", "p-aygul", f"2025-10-0{n}") for n in (3, 4)]
    row = finding(severity="high", evidence=lines, amount_at_risk_fen=80_000, reason_zh="2 笔登记现金无对应缴费")
    (township,) = draw(score(findings(row), officials(world)))
    material = read_material(world, [township])
    wording = Wording(material, masks_of([township], material, Vault()), GUIDES)
    page = ListPage(township, Issue("2026年第1批", date(2026, 1, 10)), wording, spans(township, wording))
    (one,) = list_items(page)
    assert (one.village, one.category, one.severity, one.amount_fen) == ("一村", "收现不缴", "高", 80_000)
    assert one.description == "2 笔登记现金无对应缴费"
    assert "艾*" in one.subject
    assert "【看什么】" in one.check
    text = text_of(list_pdf(listed(one)))
    assert [name for name, number in PEOPLE.values() if name in text or number in text] == []
    assert township.code == SARKAN


def test_the_templates_are_shipped_with_the_package() -> None:
    from casework.papers.printing import TEMPLATES

    kinds = {path.suffix for path in TEMPLATES.iterdir() if path.is_file()}
    project = (Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8")
    assert kinds == {".html", ".css", ".xml"}
    assert all(f'"*{kind}"' in project for kind in kinds)


def test_the_file_bears_the_days_of_the_paper() -> None:
    said = pypdf.PdfReader(BytesIO(list_pdf(listed()))).metadata
    assert said is not None
    assert said.title == "萨罕镇现金缴费风险疑点清单"
    assert said.creation_date is not None
    assert said.modification_date is not None
    assert {said.creation_date.date(), said.modification_date.date()} == {date(2026, 1, 10)}
