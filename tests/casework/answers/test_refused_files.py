"""A file that is no list of ours is refused as a whole, with what to do about it."""

from __future__ import annotations

import random
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl.worksheet.formula import ArrayFormula

from casework.answers.given import ReturnedWorkbook
from casework.answers.reading import read_answers
from casework.answers.refusals import _TEXTS, Reason
from casework.workbook.manifest import signed_text
from casework.workbook.manifest_sheet import sealed_in
from casework.workbook.township import list_workbook
from tests.casework.answers.lists import (
    CLEARED,
    ISSUE,
    TODAY,
    filled,
    issued,
    opened,
    refused,
    resaved,
    returned,
    saved,
    township_list,
    verify,
    wording,
)

ZEROS = b"\0" * (1 << 20)


@pytest.mark.parametrize("name", ["清单.et", "清单.ods", "清单.csv", "清单.pdf", "清单"])
def test_another_format_is_refused_with_how_to_save_it(name: str) -> None:
    assert "另存为" in refused(issued(), name)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 no archive", b"<html><table>", b"\xd0\xcf\x11\xe0" + b"\0" * 600, issued()[:-900]]
)
@pytest.mark.parametrize("name", ["a.xlsx", "a.xls"])
def test_a_damaged_file_is_refused(content: bytes, name: str) -> None:
    assert refused(content, name).startswith("文件已损坏")


def test_an_empty_file_is_refused() -> None:
    assert refused(b"") == "文件是空的，请重新发送"


def test_a_file_with_a_password_is_refused() -> None:
    out = BytesIO()
    OOXMLFile(BytesIO(issued())).encrypt("geheim", out)
    assert "取消密码" in refused(out.getvalue())


def with_part(content: bytes, name: str, blocks: int) -> bytes:
    out = BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as part:
        for _ in range(blocks):
            part.write(ZEROS)
    return out.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    assert "文件太大（解开后302 MiB，上限256 MiB）" in refused(with_part(issued(), "xl/media/big.bin", 301))


def test_a_part_that_declares_less_than_it_holds_is_damage() -> None:
    content = with_part(issued(), "xl/media/big.bin", 3)
    size, small = (3 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little")
    assert content.count(size) >= 1
    assert refused(content.replace(size, small)).startswith("文件已损坏")


def rewritten(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            data = before.read(info)
            if info.filename == part:
                assert old in data
                data = data.replace(old, new, 1)
            after.writestr(info.filename, data)
    return out.getvalue()


LIST_PART = "xl/worksheets/sheet1.xml"


def test_a_sheet_that_spans_too_much_is_refused() -> None:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    assert "请删除表外远处的内容" in refused(rewritten(issued(), LIST_PART, b"</sheetData>", far))


def test_entities_are_refused() -> None:
    bomb = b'?>\n<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    assert refused(rewritten(issued(), LIST_PART, b"?>", bomb)).startswith("文件已损坏")


def test_an_array_formula_covers_all_its_cells() -> None:
    book = opened(filled(issued(), {1: CLEARED, 2: CLEARED, 3: CLEARED}))
    book["疑点清单"]["N4"] = ArrayFormula("N4:N5", '=IF(TRUE,"是","否")')
    found = returned(saved(book))
    assert (found.refused, [one.item for one in found.answers]) == ((1, 2), [3])
    assert [one.cell for one in found.problems] == ["N4", "N5"]


def test_a_workbook_without_casework_has_no_manifest_and_is_refused() -> None:
    listed = township_list(2)
    assert "不是本系统下发的疑点清单" in refused(list_workbook(listed, ISSUE, wording(listed)))


def test_a_manifest_that_another_home_signed_is_refused() -> None:
    listed = township_list(2)
    foreign = list_workbook(listed, ISSUE, wording(listed), Ed25519PrivateKey.generate().sign)
    assert "不是本单位签发的" in refused(foreign)


def column(content: bytes) -> list[str]:
    return [str(row[0].value) for row in opened(content)["清单凭据"].iter_rows()]


def test_a_manifest_that_was_changed_or_cut_is_refused() -> None:
    content = issued()
    lines = column(content)
    sealed = sealed_in(lines)
    assert sealed is not None
    assert verify(signed_text(sealed.body), sealed.signature)
    changes = ((4, lines[3][:-8]), (4, "A" + lines[3][1:]), (3, lines[3][:88]), (2, "mingzhang-list-manifest/9"))
    for row, text in changes:
        book = opened(content)
        book["清单凭据"].cell(row, 1).value = text
        assert refused(saved(book)).startswith(("清单的凭据不是", "这不是本系统下发的"))


def test_the_manifest_of_another_list_does_not_fit_these_items() -> None:
    other = column(issued(6, amount_at_risk_fen=77))
    book = opened(filled(issued(), {1: CLEARED}))
    for row, text in enumerate(other, start=1):
        book["清单凭据"].cell(row, 1).value = text
    found = returned(saved(book))
    assert (found.answers, found.refused) == ((), (1,))


def test_a_list_without_its_sheet_or_headings_is_refused() -> None:
    book = opened(issued())
    book["疑点清单"].title = "清单"
    assert "找不到工作表“疑点清单”" in refused(saved(book))
    book = opened(issued())
    book["疑点清单"].delete_rows(3)
    assert "找不到表头" in refused(saved(book))
    book = opened(issued())
    book["疑点清单"]["AB3"].value = "核查结果"
    assert "（S3、AB3）" in refused(saved(book))


def test_formulas_in_an_old_xls_are_found_and_the_manifest_is_known(tmp_path: Path) -> None:
    book = opened(filled(issued(), {1: CLEARED, 2: CLEARED}))
    book["疑点清单"]["N5"].value = '=IF(TRUE,"是","否")'
    content = resaved(saved(book), tmp_path, "xls")
    found = returned(content, "a.xls")
    assert (found.refused, [one.item for one in found.answers]) == ((2,), [1])
    assert [one.cell for one in found.problems] == ["N5"]


def test_any_damage_ends_in_a_reading_or_a_refusal(tmp_path: Path) -> None:
    chance, whole = random.Random(20260110), filled(issued(3), {1: CLEARED})
    for content in (whole, resaved(whole, tmp_path, "xls")):
        for _ in range(40):
            damaged = bytearray(content)
            for _ in range(chance.choice((1, 4, 30))):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            found = read_answers("a.xlsx", bytes(damaged), verify, TODAY)
            if isinstance(found, ReturnedWorkbook):
                assert found.issued == len(found.answers) + len(found.empty) + len(found.refused) + len(found.missing)
            else:
                assert found.message_zh


def test_every_reason_has_a_sentence_in_both_languages() -> None:
    assert set(_TEXTS) == set(Reason)
