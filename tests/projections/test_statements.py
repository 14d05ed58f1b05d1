"""A text is parsed once, and what is no SQL says so every time."""

from __future__ import annotations

import duckdb
import pytest

from projections import statements
from projections.statements import statements_of

QUERY = "SELECT $least + 1 AS found"


def test_a_text_is_parsed_once_and_serves_other_connections_and_values() -> None:
    first = duckdb.connect()
    (parsed,) = statements_of(first, QUERY)
    first.close()
    other = duckdb.connect()
    assert statements_of(other, QUERY)[0] is parsed
    assert parsed.named_parameters == {"least"}
    assert [other.execute(parsed, {"least": value}).fetchall()[0][0] for value in (1, 2, 2.5)] == [2, 3, 3.5]
    other.close()


def test_what_is_no_sql_is_refused_every_time() -> None:
    with duckdb.connect() as connection:
        for _ in range(2):
            with pytest.raises(duckdb.ParserException):
                statements_of(connection, "SELEC 1")


def test_no_more_texts_are_kept_than_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "KEPT", 10)
    monkeypatch.setattr(statements, "_parsed", {})
    with duckdb.connect() as connection:
        for number in range(25):
            statements_of(connection, f"SELECT {number}")
            assert len(statements._parsed) <= 10
