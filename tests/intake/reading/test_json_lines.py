from __future__ import annotations

import pytest

from tests.intake.reading.conftest import Read, WriteCsv


def lines(*texts: str | bytes) -> bytes:
    return b"".join((text if isinstance(text, bytes) else text.encode()) + b"\n" for text in texts)


def test_text_numbers_and_truth_values_come_as_text(read: Read, csv_file: WriteCsv) -> None:
    path = csv_file(
        lines(
            '{"record_id":"1","amount":400.10,"fee_year":2026,"payer_signed":true,"receipt_no":null,"x":{"b":1,"a":[2]}}'
        ),
        "cash-receipts.jsonl",
    )
    found = read(path)
    assert found.column("amount") == ["400.10"]
    assert found.column("fee_year") == ["2026"]
    assert found.column("payer_signed") == ["true"]
    assert found.column("receipt_no") == [None]
    assert found.beside("x") == ['{"a":[2],"b":1}']
    assert found.faults == []


def test_a_list_field_is_joined_and_an_exponent_written_out(read: Read, csv_file: WriteCsv) -> None:
    path = csv_file(lines('{"record_id":"1","division":["653123100201",653123100202]}'), "collectors.jsonl")
    assert read(path, "collectors").column("division") == ["653123100201;653123100202"]
    path = csv_file(lines('{"record_id":"1","amount":4e2}'), "payments.jsonl")
    assert read(path, "payments").column("amount") == ["400"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not json", "not-json"),
        ("[1]", "not-an-object"),
        (b'{"record_id":"\xff"}', "undecodable"),
        ('{"record_id":"\\ud800"}', "not-json"),
        ('{"record_id":"1","x":' + "[" * 64 + "]" * 64 + "}", "too-deep"),
        ("[" * 100_000, "too-deep"),
        ('{"record_id":"1","amount":1e99999999999999999999}', "number-out-of-range"),
        ('{"record_id":"1","amount":1' + "0" * 5000 + "}", "number-out-of-range"),
    ],
)
def test_a_bad_line_is_refused_and_the_others_go_on(
    read: Read, csv_file: WriteCsv, line: str | bytes, reason: str
) -> None:
    path = csv_file(lines('{"record_id":"0"}', line, '{"record_id":"2"}'), "payments.jsonl")
    found = read(path, "payments")
    assert found.faults == [(2, "", reason)]
    assert found.column("record_id") == ["0", None, "2"]


@pytest.mark.parametrize(("field", "value"), [("amount", "true"), ("receipt_no", "1.5"), ("payer_name", '{"a":1}')])
def test_a_value_of_another_kind_is_a_fault_of_its_cell(read: Read, csv_file: WriteCsv, field: str, value: str) -> None:
    found = read(csv_file(lines(f'{{"record_id":"1","{field}":{value}}}'), "payments.jsonl"), "payments")
    assert found.faults == [(1, field, "wrong-type")]


def test_depth_sixty_four_is_taken(read: Read, csv_file: WriteCsv) -> None:
    path = csv_file(lines('{"record_id":"1","x":' + "[" * 63 + "]" * 63 + "}"), "payments.jsonl")
    assert read(path, "payments").faults == []


def test_an_exponent_beyond_reading_is_a_fault_of_its_cell(read: Read, csv_file: WriteCsv) -> None:
    path = csv_file(lines('{"record_id":"1","amount":1e400}'), "payments.jsonl")
    assert read(path, "payments").faults == [(1, "amount", "number-out-of-range")]


def test_a_whole_number_beyond_decimal_precision_is_written_out(read: Read, csv_file: WriteCsv) -> None:
    path = csv_file(lines('{"record_id":1e30,"amount":400.0}'), "payments.jsonl")
    found = read(path, "payments")
    assert (found.column("record_id"), found.column("amount"), found.faults) == (["1" + "0" * 30], ["400"], [])


def test_bom_blank_lines_and_gb18030_are_read(read: Read, csv_file: WriteCsv) -> None:
    found = read(
        csv_file(b"\xef\xbb\xbf" + lines('{"record_id":"1"}', "", '{"record_id":"2"}'), "payments.jsonl"), "payments"
    )
    assert found.lines == [1, 3]
    assert found.aside == [(2, "blank")]
    path = csv_file('{"record_id":"1","姓名":"张三丰"}\n', "payments.jsonl", "gb18030")
    assert read(path, "payments").column("payer_name") == ["张三丰"]


def test_chunks_hold_the_rows_asked_for_and_columns_that_come_late(read: Read, csv_file: WriteCsv) -> None:
    found = read(
        csv_file(lines('{"record_id":"1"}', '{"record_id":"2","tier":1}', '{"record_id":"3"}'), "payments.jsonl"),
        "payments",
        rows=2,
    )
    assert [len(chunk.lines) for chunk in found.chunks] == [2, 1]
    assert found.chunks[0].columns["tier"] == [None, "1"]


def test_a_line_above_sixteen_megabytes_is_refused_unread(read: Read, csv_file: WriteCsv) -> None:
    path = csv_file(lines('{"record_id":"1","x":"' + "y" * (17 << 20) + '"}', '{"record_id":"2"}'), "payments.jsonl")
    found = read(path, "payments")
    assert found.faults == [(1, "", "line-too-long")]
    assert found.lines == [1, 2]
