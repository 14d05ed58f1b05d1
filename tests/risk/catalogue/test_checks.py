"""Every check of the catalogue: a sound rule broken in one place gives exactly that issue, with file and line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.risk.catalogue.conftest import Folder

Broken = Callable[[str, str, str], list[tuple[str, int, str]]]
JOIN = "ON p.county = c.county AND p.payer = c.payer"
CROSS = "FROM unpaid CROSS JOIN (SELECT payer FROM payments) AS q\n"
LINE = "    {'lines': count(*), 'first_on': min(received_on)} AS details"


def test_a_sound_rule_has_no_issue(folder: Folder) -> None:
    assert folder.issues() == []


CARD_BREAKS = [
    ("the_id_is_no_id", 'id = "X01"', 'id = "X1"', {(1, "folder"), (1, "id")}),
    ("the_folder_is_another", 'id = "X01"', 'id = "X02"', {(1, "folder")}),
    ("the_category_is_none", '"pocketed-cash"', '"theft"', {(4, "category")}),
    ("chinese_is_missing", 'zh = "收现不缴"', 'zh = "cash"', {(10, "languages")}),
    ("english_is_missing", 'en = "Cash not paid"', 'en = ""', {(10, "languages")}),
    (
        "no_basis_is_cited",
        'basis = [{ law = "Y 29", text_zh = "收缴的现金要做到日清日结" }]',
        "basis = []",
        {(12, "basis")},
    ),
    ("the_article_has_no_words", 'text_zh = "收缴的现金要做到日清日结"', 'text_zh = ""', {(12, "basis")}),
    ("a_needed_record_type_is_none", '"payments"]', '"receipts"]', {(13, "needs")}),
    ("a_needed_policy_is_none", '["tariff"]', '["tariffs"]', {(14, "needs")}),
    ("the_value_is_out_of_range", "value = 3", "value = 31", {(21, "parameters")}),
    ("unknown_as_innocent_chinese", 'zh = "本人已缴"', 'zh = "原因不明"', {(26, "innocent")}),
    ("unknown_as_innocent_english", 'en = "paid by the payer"', 'en = "Other reasons"', {(26, "innocent")}),
    ("the_sentence_asks_for_what_is_not_there", "{lines} lines", "{rows} lines", {(17, "reason")}),
    ("the_sentence_is_no_template", "{lines} lines", "{lines lines", {(17, "reason")}),
    ("a_key_is_unknown", 'family = "register-payment"', 'family = "x"\nfamilie = "y"', {(10, "form")}),
    ("a_value_is_of_another_type", "version = 1", 'version = "1"', {(2, "form")}),
    ("an_enum_value_is_none", 'handled = "excluded"', 'handled = "ignored"', {(31, "form")}),
    ("the_toml_does_not_close", 'id = "paid"', 'id = "paid', {(27, "form")}),
]


@pytest.mark.parametrize(
    ("old", "new", "expected"), [case[1:] for case in CARD_BREAKS], ids=[c[0] for c in CARD_BREAKS]
)
def test_a_broken_card_is_named_with_its_line(
    broken: Broken, old: str, new: str, expected: set[tuple[int, str]]
) -> None:
    assert broken("rule.toml", old, new) == sorted(("rule.toml", line, check) for line, check in expected)


QUERY_BREAKS = [
    ("two_statements", "fee, fee_year\n", "fee, fee_year;\nSELECT 1\n", [(1, "one-select")]),
    ("another_statement", "-- one row per collector", "DROP TABLE payments; -- one row per", [(1, "one-select")]),
    ("broken_sql", "FROM unpaid", "FROM FROM unpaid", [(15, "one-select")]),
    ("an_undeclared_parameter", ">= $days", ">= $days + $more", [(1, "runs"), (7, "parameters")]),
    ("no_first_comment", "-- one row per collector, fee", "-- collectors, fee", [(1, "one-row-per")]),
    ("a_column_too_many", LINE, LINE + ", 1 AS more", [(14, "columns")]),
    ("a_column_missing", "CAST(NULL AS VARCHAR) AS village, ", "", [(1, "columns")]),
    ("a_column_twice", LINE, LINE + ", county", [(10, "columns")]),
    ("a_column_of_another_type", "CAST(sum(amount_fen) AS BIGINT)", "sum(amount_fen)", [(11, "types")]),
    ("the_clock", ", $as_of) >=", ", current_date) >=", [(7, "clock")]),
    ("the_clock_as_a_function", "$as_of)", "CAST(now() AS DATE))", [(7, "clock")]),
    ("the_clock_as_a_text", "$as_of)", "CAST('today' AS DATE))", [(7, "clock")]),
    ("a_function_not_allowed", "min(township)", "any_value(township)", [(10, "function")]),
    ("a_list_that_is_not_distinct", "list(DISTINCT event_id)", "list(event_id)", [(13, "form")]),
    ("a_list_that_is_not_sorted", "list_sort(list(DISTINCT event_id))", "list(DISTINCT fee)", [(13, "form")]),
    ("a_list_written_out_of_columns", "'lines': count(*)", "'lines': array_length([fee])", [(14, "form")]),
    ("months_between", "datediff('day'", "datediff('month'", [(7, "form")]),
    ("a_sum_of_floats", "sum(amount_fen)", "sum(CAST(amount_fen AS DOUBLE))", [(11, "float")]),
    ("a_table_of_another_world", "FROM cash_receipts", "FROM history.cash_receipts", [(1, "runs"), (4, "table")]),
    ("a_join_without_county", JOIN, "ON p.payer = c.payer AND p.county = c.county", [(5, "county-first")]),
    ("a_join_of_everything", "FROM unpaid\n", CROSS, [(15, "county-first")]),
    ("a_group_without_county", "BY county, collector_id", "BY collector_id, county", [(16, "county-first")]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), [c[1:] for c in QUERY_BREAKS], ids=[c[0] for c in QUERY_BREAKS])
def test_a_broken_query_is_named_with_its_line(
    broken: Broken, old: str, new: str, expected: list[tuple[int, str]]
) -> None:
    assert broken("rule.sql", old, new) == [("rule.sql", line, check) for line, check in expected]


def test_select_star_is_refused(broken: Broken) -> None:
    found = broken("rule.sql", "FROM unpaid\n", "FROM (SELECT * FROM unpaid) AS u\n")
    assert found == [("rule.sql", 15, "select-star")]


def test_a_window_without_county_is_refused(broken: Broken) -> None:
    window = "WHERE p.event_id IS NULL AND row_number() OVER (PARTITION BY c.payer ORDER BY c.event_id) = 1 AND"
    found = broken("rule.sql", "WHERE p.event_id IS NULL AND", window)
    assert ("rule.sql", 7, "county-first") in found


def test_a_declared_parameter_that_is_not_used_is_named(broken: Broken) -> None:
    found = broken("rule.sql", ">= $days", ">= 3")
    assert found == []
    assert broken("rule.sql", "CAST($days AS DOUBLE)", "CAST(3 AS DOUBLE)") == [("rule.sql", 1, "parameters")]


EXAMPLE_BREAKS = [
    ("none_fires", 'kind = "fires"', 'kind = "boundary"', [(1, "examples")]),
    ("the_innocent_reason_is_not_shown", 'kind = "innocent"', 'kind = "boundary"', [(1, "examples")]),
    ("none_on_the_threshold", 'kind = "threshold-on"', 'kind = "boundary"', [(1, "examples")]),
    ("none_beyond_the_threshold", 'kind = "threshold-beyond"', 'kind = "boundary"', [(1, "examples")]),
    ("of_another_parameter", 'name = "two_days_do_not_fire"\nkind = "threshold-beyond"\nof = "days"',
     'name = "two_days_do_not_fire"\nkind = "threshold-beyond"\nof = "weeks"', [(1, "examples"), (42, "examples")]),
    ("it_explains_what_is_not_there", 'explains = "paid"', 'explains = "outage"', [(1, "examples"), (24, "examples")]),
    ("based_on_what_is_not_there", 'based_on = "cash_never_paid_fires"', 'based_on = "nothing"', [(24, "form")]),
    ("a_key_is_unknown", 'kind = "fires"', 'kind = "fires"\nmood = "good"', [(6, "form")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "expected"), [c[1:] for c in EXAMPLE_BREAKS], ids=[c[0] for c in EXAMPLE_BREAKS]
)
def test_what_the_examples_do_not_show_is_named(
    broken: Broken, old: str, new: str, expected: list[tuple[int, str]]
) -> None:
    assert broken("examples.toml", old, new) == [("examples.toml", line, check) for line, check in expected]


def test_a_parameter_that_is_exempt_needs_no_threshold_examples(folder: Folder) -> None:
    folder.change("examples.toml", 'kind = "threshold-on"\nof = "days"', 'kind = "boundary"')
    exempt = 'note = { zh = "未缴天数", en = "days open" }\nexempt = { zh = "仅用于显示", en = "only shown" }'
    folder.change("rule.toml", 'note = { zh = "未缴天数", en = "days open" }', exempt)
    assert folder.found() == []


def test_an_exclusion_without_an_example_is_named(broken: Broken) -> None:
    found = broken(
        "rule.toml", "\n[[parameters]]", 'exclusions = [{ zh = "已死亡", en = "the dead" }]\n\n[[parameters]]'
    )
    assert found == [("examples.toml", 1, "examples")]


def test_two_rules_of_one_id_are_named(folder: Folder) -> None:
    folder.write(folder.rules / "X01_second")
    assert ("rule.toml", 1, "unique-id") in folder.found()


def test_sql_changed_under_the_same_version_is_refused(folder: Folder) -> None:
    folder.change("rule.sql", "'high'", "'medium'", accepted=False)
    assert folder.found() == [("rule.toml", 2, "lock")]
    assert "raise the version" in folder.issues()[0].en


def test_a_default_changed_under_the_same_version_is_refused(folder: Folder) -> None:
    folder.change("rule.toml", "value = 3", "value = 4", accepted=False)
    assert folder.found() == [("rule.toml", 2, "lock")]


def test_a_view_is_held_to_the_same_rules(folder: Folder) -> None:
    text = (
        "-- payments\nSELECT p.county, now() AS at\nFROM payments AS p\nINNER JOIN refunds AS r ON r.payer = p.payer\n"
    )
    (folder.views / "10_paid.sql").write_text(text, "utf-8")
    expected = [("10_paid.sql", 1, "one-row-per"), ("10_paid.sql", 2, "clock"), ("10_paid.sql", 4, "county-first")]
    assert folder.found() == expected


def test_a_view_reads_only_views_before_it(folder: Folder) -> None:
    for name, table in (("10_first", "second"), ("20_second", "payments")):
        text = f"-- one row per payment\nSELECT p.county FROM {table} AS p\n"
        (folder.views / f"{name}.sql").write_text(text, "utf-8")
    assert folder.found() == [("10_first.sql", 2, "table")]


def test_every_issue_speaks_both_languages(folder: Folder) -> None:
    folder.change("rule.sql", "FROM cash_receipts AS c", "FROM history.cash_receipts AS c")
    for issue in folder.issues():
        assert issue.zh
        assert issue.en
        assert str(issue).startswith(f"{issue.file}:{issue.line}: {issue.check}: ")
