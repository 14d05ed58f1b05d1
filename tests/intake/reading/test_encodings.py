from __future__ import annotations

import pytest

from tests.intake.reading.conftest import Read, WriteCsv

TEXT = "缴费流水号,姓名,村（社区）代码\n1,张三丰,653123100201\n2,买买提·艾力,653123100201\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encodings_of_the_contract_give_the_same_columns(read: Read, csv_file: WriteCsv, encoding: str) -> None:
    found = read(csv_file(TEXT, encoding=encoding), "payments")
    assert found.column("payer_name") == ["张三丰", "买买提·艾力"]
    assert found.column("record_id") == ["1", "2"]


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"), ("utf-32", "UTF-32")]
)
def test_another_encoding_is_refused_by_name(read: Read, csv_file: WriteCsv, encoding: str, name: str) -> None:
    found = read(csv_file(TEXT, encoding=encoding), "payments")
    assert name in found.unreadable[0].reason_zh
    assert name in found.unreadable[0].reason_en


def test_gb18030_is_found_where_chinese_stands_only_at_the_end_of_a_long_file(read: Read, csv_file: WriteCsv) -> None:
    body = "".join(f"{n},x\n" for n in range(300_000))
    found = read(csv_file("record_id,payer_name\n" + body + "0,张三丰\n", encoding="gb18030"), "payments")
    assert found.column("payer_name")[-1] == "张三丰"
    assert found.faults == []


def test_a_wrong_byte_costs_its_row_in_utf8(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file(TEXT.encode().replace("艾力".encode(), b"\xff\xfe")), "payments")
    assert found.faults == [(3, "", "undecodable")]
    assert found.column("payer_name") == ["张三丰", ""]


def test_a_wrong_byte_costs_its_row_in_gb18030(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file(TEXT.encode("gb18030").replace("艾力".encode("gb18030"), b"\xff\xff")), "payments")
    assert found.faults == [(3, "", "undecodable")]
    assert found.column("payer_name") == ["张三丰", ""]


def test_a_workbook_named_csv_is_refused_for_what_it_is(read: Read, csv_file: WriteCsv) -> None:
    assert "xlsx" in read(csv_file(b"PK\x03\x04" + b"\x00" * 100), "payments").unreadable[0].reason_en
