"""The default policy fits its tables and says what contracts and calendar say."""

from __future__ import annotations

from risk.catalogue.world import new_world


def test_every_policy_table_holds_the_contracts_defaults() -> None:
    world = new_world()

    def ask(sql: str) -> list[tuple[object, ...]]:
        return list(world.execute(sql).fetchall())

    assert ask("SELECT amount_fen FROM tariff WHERE fee = 'resident-medical' AND fee_year = 2025") == [(40000,)]
    assert ask("SELECT count(*) FROM tariff WHERE fee = 'resident-pension' AND fee_year = 2030") == [(14,)]
    window = "SELECT CAST(first_on AS VARCHAR), CAST(last_on AS VARCHAR) FROM window_period "
    assert ask(f"{window} WHERE fee = 'resident-medical' AND fee_year = 2026") == [("2025-09-01", "2025-12-31")]
    assert ask("SELECT percent FROM fiscal_share WHERE category = 'orphan' AND fee_year = 2026") == [(100,)]
    assert ask("SELECT category FROM priority ORDER BY rank LIMIT 2") == [("extreme-poverty",), ("orphan",)]
    assert ask("SELECT days, unit, per_year FROM duty WHERE duty = 'trainings'") == [(None, None, 2)]
    assert ask("SELECT days, unit, who FROM duty WHERE duty = 'register-handed-in'") == [(7, "workday", ["township"])]
    world.close()


def test_working_days_follow_the_holiday_arrangement_and_then_the_week() -> None:
    world = new_world()
    rows = world.execute(
        "SELECT CAST(day AS VARCHAR), working, provisional FROM working_day "
        "WHERE day IN ('2025-09-28', '2025-10-01', '2027-10-01', '2027-10-02') ORDER BY day"
    ).fetchall()
    assert rows == [
        ("2025-09-28", True, False),
        ("2025-10-01", False, False),
        ("2027-10-01", True, True),
        ("2027-10-02", False, True),
    ]
    counted = world.execute(
        "SELECT max(ordinal), count(*) FILTER (WHERE working), min(ordinal) FROM working_day"
    ).fetchall()
    assert counted[0][0] == counted[0][1]
    world.close()
