from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.contract import RECORD_TYPES
from intake.reading.chunk import Chunk
from intake.reading.messages import Message, MessageReader
from intake.reading.plainobjects import PlainReader

PAYMENTS = RECORD_TYPES["payments"]
NAMES = [field.name for field in PAYMENTS.fields]


def read(*values: bytes | None) -> Chunk:
    (chunk,) = MessageReader(PAYMENTS).read("t/0", [Message(at, value) for at, value in enumerate(values)])
    return chunk


def faults(*values: bytes | None) -> list[tuple[int, str, str]]:
    return [(fault.row, fault.column, fault.reason.value) for fault in read(*values).faults]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.lists(st.integers(0, 9), max_size=2),
)
ROWS = st.dictionaries(st.one_of(st.sampled_from([*NAMES, "contract"]), st.text(max_size=4)), VALUES, max_size=8)


@given(st.lists(ROWS, min_size=1, max_size=5))
def test_reading_at_once_gives_what_reading_key_by_key_gives(rows: list[dict[str, object]]) -> None:
    values = [json.dumps(row).encode() for row in rows]
    slow = MessageReader(PAYMENTS)
    slow._plain = Nothing(PAYMENTS)
    (expected,) = slow.read("t/0", [Message(at, value) for at, value in enumerate(values)])
    assert read(*values) == expected


class Nothing(PlainReader):
    """Takes no object for plain."""

    def row(self, value: bytes) -> None:
        return None


def test_the_usual_objects_are_read_at_once() -> None:
    row = b'{"record_id":"1","amount":400.10,"fee_year":2026,"contract":1}'
    assert PlainReader(PAYMENTS).row(row) is not None
    found = read(row)
    assert (found.columns["amount"], found.columns["fee_year"], found.extra) == (["400.10"], ["2026"], {})


def test_a_number_is_read_to_the_digit() -> None:
    chunk = read(b'{"amount":400.00000000000000000001}', b'{"amount":4e2}')
    assert chunk.columns["amount"] == ["400.00000000000000000001", "400"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "no-value"),
        (b"", "not-json"),
        (b"\xff", "not-json"),
        (b'{"record_id":"\xff"}', "undecodable"),
        (b'{"record_id":"\\ud800"}', "not-json"),
        (b"[" * 100_000, "too-deep"),
        (b'{"amount":1' + b"0" * 5000 + b"}", "number-out-of-range"),
        (b'{"contract":2}', "future-contract"),
        (b'{"contract":true}', "future-contract"),
        (b'{"contract":[1]}', "future-contract"),
        (b"x" * ((16 << 20) + 1), "line-too-long"),
    ],
)
def test_what_is_no_record_is_a_fault_of_its_row(value: bytes | None, reason: str) -> None:
    assert faults(b'{"record_id":"1"}', value, b'{"record_id":"2"}') == [(1, "", reason)]


@pytest.mark.parametrize("contract", ["1", '"1"', "1.0", "null", '""'])
def test_the_known_contract_may_be_named(contract: str) -> None:
    chunk = read(f'{{"record_id":"1","contract":{contract}}}'.encode())
    assert (chunk.faults, chunk.extra, chunk.columns["record_id"]) == ([], {}, ["1"])


def test_a_control_character_in_an_id_is_a_fault_wherever_it_stands() -> None:
    found = faults(b'{"record_id":"a\\nb"}', b'{"record_id":"a\\n"}', b'{"record_id":"ab"}')
    assert found == [(0, "record_id", "control-character"), (1, "record_id", "control-character")]


def test_very_many_keys_of_their_own_do_not_make_a_chunk_that_is_all_holes() -> None:
    values = [json.dumps({f"{number}-{key}": "x" for key in range(1000)}).encode() for number in range(100)]
    messages = [Message(at, value) for at, value in enumerate(values)]
    chunks = list(MessageReader(PAYMENTS).read("t/0", messages))
    assert [line for chunk in chunks for line in chunk.lines] == list(range(100))
    assert max(len(chunk.extra) * len(chunk.lines) for chunk in chunks) <= 1_000_000


def test_the_source_of_the_key_counts_where_the_value_names_none() -> None:
    values = (b"{}", b'{"source":" "}', b'{"source":"a"}')
    messages = [Message(at, value, "tax-core") for at, value in enumerate(values)]
    (chunk,) = MessageReader(PAYMENTS).read("t/0", messages)
    assert chunk.columns["source"] == ["tax-core", "tax-core", "a"]
