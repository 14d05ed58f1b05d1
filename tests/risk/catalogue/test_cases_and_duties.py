"""What rules see of cases, and how a rule says that there are none, or that a duty is on no record."""

from __future__ import annotations

from datetime import date

import duckdb

from projections.as_of import build_world
from projections.cases import CASE_TABLES, TABLES
from projections.store import add_comments, open_store
from risk.catalogue.rule import RULES, Catalogue, load, read_rule
from risk.catalogue.world import build_views, case_tables, new_world, shared_views
from risk.screening import run_rules

LATE = date(2026, 1, 20)


def rules(*ids: str) -> Catalogue:
    """Return the catalogue cut down to some rules."""
    return Catalogue(RULES, tuple(rule for rule in load().rules if rule.id in ids))


def whole_world() -> duckdb.DuckDBPyConnection:
    """Return an empty world with its shared views."""
    world = new_world()
    build_views(world, shared_views())
    return world


def issued(store: duckdb.DuckDBPyConnection, position: int, list_id: str, day: str) -> None:
    store.execute(
        "INSERT INTO history.issued_lists (county, position, event_id, list_id, township, issued_on, items) "
        f"VALUES ('653123', {position}, 'suspicion-lists:mingzhang:{list_id}@2', '{list_id}', '653123200', '{day}', 3)"
    )


def test_every_case_table_is_declared_commented_and_dated() -> None:
    store = open_store(None, threads=1)
    add_comments(store)
    columns = store.execute(
        "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE schema_name = 'history'"
    ).fetchall()
    named = {(table, column) for table, column, _ in columns}
    assert [table.name for table in CASE_TABLES if (table.name, table.dated) not in named] == []
    assert TABLES.read_text(encoding="utf-8").count("CREATE TABLE history.") == len(case_tables())
    assert [row for row in columns if row[0] in case_tables() and not row[2]] == []
    store.close()


def test_cases_are_seen_up_to_a_position_and_a_day() -> None:
    store = open_store(None, threads=1)
    issued(store, 5, "L1", "2025-10-31")
    issued(store, 9, "L2", "2025-11-30")

    def seen(position: int, as_of: date) -> list[str]:
        build_world(store, position, as_of)
        return [row[0] for row in store.execute("SELECT list_id FROM issued_lists ORDER BY 1").fetchall()]

    assert seen(9, LATE) == ["L1", "L2"]
    assert seen(8, LATE) == ["L1"]
    assert seen(9, date(2025, 11, 29)) == ["L1"]
    store.close()


def test_without_issued_lists_the_self_check_rules_say_so_by_name() -> None:
    world = whole_world()
    _, outcomes = run_rules(world, rules("G01", "G02"), LATE, {})
    assert outcomes["G01"].text("zh") == "数据不足：缺少已下发的疑点清单（issued_lists）"
    assert outcomes["G02"].text("en").endswith("no answers to items (item_answers)")
    world.close()


def test_duties_on_no_record_are_named_and_never_clean() -> None:
    world = whole_world()
    _, outcomes = run_rules(world, rules("H01"), LATE, {})
    text = outcomes["H01"].text("en")
    assert outcomes["H01"].kind == "not-enough-data"
    assert "nothing on record (treasury-statements.received_on) of treasury-statement" in text
    assert "canvass" in text
    assert "self-check" not in text
    world.execute(
        "INSERT INTO duty_acts (county, position, event_id, version, amended, source, recorded_at, record_id, duty, "
        "department, done_on) VALUES ('653123', 1, 'duty-acts:t:A@1', 1, false, 't', TIMESTAMP '2025-09-01', 'A', "
        "'canvass', 'township', '2025-08-20')"
    )
    _, outcomes = run_rules(world, rules("H01"), LATE, {})
    assert "canvass" not in outcomes["H01"].text("en")
    world.close()


def test_a_rule_names_case_tables_that_exist() -> None:
    named = {name for rule in load().rules for name in rule.card.cases}
    assert named <= set(case_tables())
    assert read_rule(RULES / "G02_self_check_careless").card.cases == ("issued_lists", "item_answers")
