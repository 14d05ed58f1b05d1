from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.reading.conftest import Read, WriteCsv

HEAD = "record_id,payer_id,payer_name,amount\n"


def test_columns_come_under_field_names_with_their_lines(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file(HEAD + "1,A,甲,400\n2,B,乙,\n"), "payments")
    assert found.column("record_id") == ["1", "2"]
    assert found.column("amount") == ["400", ""]
    assert found.lines == [2, 3]
    assert found.chunks[0].place == "payments.csv"
    assert found.faults == []


def test_a_file_is_cut_into_chunks_of_the_rows_asked_for(read: Read, csv_file: WriteCsv) -> None:
    body = "".join(f"{n},A,甲,400\n" for n in range(25))
    found = read(csv_file(HEAD + body), "payments", rows=10)
    assert [len(chunk.lines) for chunk in found.chunks] == [10, 10, 5]
    assert found.lines == list(range(2, 27))


def test_chinese_headings_are_compared_without_spaces_breaks_and_units(read: Read, csv_file: WriteCsv) -> None:
    text = '缴费流水号,"身份证\n号码",姓 名,实缴金额（元）,村(社区)代码\n1,A,甲,400,653123100201\n'
    found = read(csv_file(text), "payments")
    assert set(found.chunks[0].columns) == {"record_id", "payer_id", "payer_name", "amount", "division"}
    assert found.lines == [3]


def test_ten_thousand_yuan_is_no_unit_that_is_left_out(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file("缴费流水号,姓名,实缴金额（万元）\n1,甲,4\n"), "payments")
    assert found.faults == [(2, "amount", "other-unit")]


def test_a_mapping_names_the_field_of_a_foreign_heading(read: Read, csv_file: WriteCsv) -> None:
    found = read(
        csv_file("流水,缴款人,备注\n1,甲,x\n"), "payments", mapping={"流 水": "record_id", "缴款人": "payer_name"}
    )
    assert found.column("payer_name") == ["甲"]
    assert found.beside("备注") == ["x"]


def test_a_mapping_to_no_field_is_wrong_use(read: Read, csv_file: WriteCsv) -> None:
    with pytest.raises(ValueError, match="no field 'nothing'"):
        read(csv_file(HEAD), "payments", mapping={"流水": "nothing"})


@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\r"])
def test_lines_end_as_any_system_ends_them(read: Read, csv_file: WriteCsv, breaks: str) -> None:
    found = read(csv_file((HEAD + "1,A,甲,400\n2,B,乙,500").replace("\n", breaks)), "payments")
    assert found.column("amount") == ["400", "500"]
    assert found.lines == [2, 3]


def test_a_quoted_line_break_moves_the_lines_of_the_rows_below(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file(HEAD + '1,A,"甲\n乙",400\n2,B,丙,1\n\n3,C,"丁,戊",2\n'), "payments")
    assert found.column("payer_name") == ["甲\n乙", "丙", "丁,戊"]
    assert found.lines == [2, 4, 6]
    assert found.aside == [(5, "blank")]


def test_ragged_rows_are_refused_and_the_others_taken(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file(HEAD + "1,A,甲\n2,B,乙,400,x\n3,C,丙,400\n"), "payments")
    assert found.faults == [(2, "", "row-length"), (3, "", "row-length")]
    assert found.column("record_id") == ["", "", "3"]


def test_a_short_and_a_long_row_do_not_make_up_for_each_other(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file(HEAD + "1,A,甲\n9,2,B,乙,400\n"), "payments")
    assert len(found.faults) == 2


def test_an_open_quote_costs_its_own_line_only(read: Read, csv_file: WriteCsv) -> None:
    body = "".join(f"{n},B,乙,400\n" for n in range(3000))
    found = read(csv_file(HEAD + '0,A,"甲,400\n' + body), "payments")
    assert found.faults == [(2, "", "unclosed-quote")]
    assert len(found.lines) == 3001
    assert found.column("record_id")[1:] == [str(n) for n in range(3000)]


def test_two_open_quotes_do_not_swallow_what_is_between(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file(HEAD + '1,A,"甲,400\n2,B,乙,400\n3,C,"丙,400\n4,D,丁,400\n'), "payments")
    assert found.faults == [(2, "", "unclosed-quote"), (4, "", "unclosed-quote")]
    assert found.column("record_id") == ["", "2", "", "4"]


def test_nul_bytes_are_refused_with_their_row(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file(HEAD.encode() + b"1,A,a\x00,400\n2,B,b,400\n"), "payments")
    assert found.faults == [(2, "", "nul-byte")]
    assert found.column("record_id") == ["", "2"]


def test_a_line_above_the_limit_is_refused_and_the_others_taken(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file(HEAD + "1,A," + "x" * 3_000_000 + ",400\n2,B,b,400\n"), "payments")
    assert found.faults == [(2, "", "line-too-long")]
    assert found.column("record_id") == ["", "2"]
    assert found.lines == [2, 3]


def test_garbage_without_a_line_break_is_one_unreadable_file(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file(b"x" * 20_000_000), "payments")
    assert found.chunks == []
    assert "表头" in found.unreadable[0].reason_zh


def test_an_empty_file_is_unreadable_and_a_lone_heading_an_empty_chunk(read: Read, csv_file: WriteCsv) -> None:
    assert read(csv_file(""), "payments").unreadable[0].reason_en == "the file is empty"
    found = read(csv_file(HEAD), "payments")
    assert found.lines == []
    assert list(found.chunks[0].columns) == ["record_id", "payer_id", "payer_name", "amount"]


def test_a_missing_file_is_unreadable(read: Read, tmp_path: Path) -> None:
    found = read(tmp_path / "payments.csv", "payments")
    assert found.unreadable[0].place == "payments.csv"


def test_a_heading_repeated_in_the_body_and_totals_are_put_aside(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file(HEAD + "1,A,甲,400\n" + HEAD + "2,B,乙,400\n合计,,,800\n"), "payments")
    assert found.aside == [(3, "repeated-heading"), (5, "subtotal")]
    assert found.column("record_id") == ["1", "2"]


def test_the_same_heading_twice_is_refused_only_where_the_cells_differ(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file("record_id,amount,amount\n1,400,400\n2,,500\n3,400,500\n"), "payments")
    assert found.column("amount") == ["400", "500", "400"]
    assert found.faults == [(4, "amount", "columns-disagree")]


def test_of_two_headings_for_one_name_the_contracts_first_counts(read: Read, csv_file: WriteCsv) -> None:
    found = read(csv_file("缴费流水号,姓名,经办人,代收人编号\n1,甲,张三,C1\n"), "payments")
    assert found.column("collector_id") == ["C1"]
    assert found.beside("经办人") == ["张三"]


def test_title_lines_may_stand_above_the_heading(read: Read, csv_file: WriteCsv) -> None:
    text = "2026年度缴费明细,,,\n代收人：张三,,,\n缴费流水号,姓名,实缴金额,缴费时间\n1,甲,400,2025.10.3\n合计,,400,\n"
    found = read(csv_file(text), "payments")
    assert found.column("fee_year") == ["2026"]
    assert found.column("collector_id") == ["张三"]
    assert found.column("paid_at") == ["2025-10-03"]
    assert found.aside == [(1, "title"), (2, "title"), (5, "subtotal")]


@pytest.mark.parametrize("number", ["1.10105E+17", "110105194912310000", "1.1e+17"])
def test_rounded_identity_numbers_are_found(read: Read, csv_file: WriteCsv, number: str) -> None:
    found = read(csv_file(HEAD + f"1,{number},甲,400\n2,11010519491231002X,乙,400\n"), "payments")
    assert found.faults == [(2, "payer_id", "rounded-id")]


def test_a_record_id_in_scientific_notation_is_rounded(read: Read, csv_file: WriteCsv) -> None:
    assert read(csv_file(HEAD + "4.40524E+19,A,甲,400\n"), "payments").faults == [(2, "record_id", "rounded-id")]


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("cell", ["甲", "", "甲,乙", 'a"b', '"', "a\nb", "\n", '","', '"\n"', "x\n1"])
def test_one_odd_cell_among_many_rows_is_read_as_it_was_written(
    read: Read, tmp_path: Path, cell: str, *, quoted: bool
) -> None:
    rows = [[str(n), "A", cell if n == 7 else "丙", "400"] for n in range(20)]
    path = tmp_path / "payments.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator="\n")
        writer.writerows([HEAD.strip().split(","), *rows])
    found = read(path, "payments")
    assert found.faults == []
    assert found.column("payer_name") == [row[2] for row in rows]
    assert found.column("amount") == ["400"] * 20


CELLS = st.text(st.sampled_from('a甲 ,"\n1'), max_size=6)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=12), size=st.integers(1, 5))
def test_what_a_csv_writer_writes_is_read_back_in_any_chunks(
    read: Read, tmp_path: Path, rows: list[tuple[str, str]], size: int
) -> None:
    quoted = [
        "".join((f"{n}", *(',"' + cell.replace('"', '""') + '"' for cell in row), "\n")) for n, row in enumerate(rows)
    ]
    path = tmp_path / "payments.csv"
    path.write_text("record_id,payer_name,receipt_no\n" + "".join(quoted), encoding="utf-8")
    found = read(path, "payments", rows=size)
    assert found.faults == []
    assert list(zip(found.column("payer_name"), found.column("receipt_no"), strict=True)) == rows
