"""A01 and B07 by hand in pandas: cash not paid in, and fees paid twice."""

from __future__ import annotations

import pandas as pd

from benchmarks.rules.pandas_frames import Frame, Frames, Values, days_between, findings, gathered, graded

LINE = ["county", "event_id"]
PERSON = ["county", "payer", "fee", "fee_year"]


def today(tables: Frames, values: Values, *, over: bool) -> Frame:
    """Return per county the working days up to the as-of day; `over`: only those over when it began."""
    day = tables["working_day"]
    now = day[day["day"] == values["as_of"]]
    return now.assign(now=now["ordinal"] - (now["working"].astype(int) if over else 0))[["county", "now"]]


def _on_paper(tables: Frames, values: Values) -> Frame:
    """Return the lines that a data query or the whitelist explains, within days."""
    lines = tables["settlement"].dropna(subset=["payer"])
    asked = lines.merge(tables["data_queries"], on=["county", "payer"], suffixes=("", "_q"))
    asked = asked[asked["fee_q"].isna() | (asked["fee_q"] == asked["fee"])].assign(on=lambda rows: rows["raised_on"])
    agreed = lines.dropna(subset=["fee", "fee_year"]).merge(tables["whitelist"], on=PERSON)
    agreed = agreed.assign(on=agreed["agreed_on"])
    both = pd.concat([asked[[*LINE, "received_on", "on"]], agreed[[*LINE, "received_on", "on"]]])
    days = days_between(both["received_on"], both["on"])
    return both[(days >= 0) & (days <= values["proof_days"])][LINE].drop_duplicates().assign(paper=True)


def _timed(tables: Frames, values: Values) -> Frame:
    """Return open lines and lines closed after their day, with days and working days."""
    lines, as_of = tables["settlement"], values["as_of"]
    unpaid = lines[(lines["state"] == "open") & (lines["started_on"] < as_of)]
    unpaid = unpaid.merge(today(tables, values, over=True), on="county").assign(
        fen=lambda rows: rows["open_fen"],
        days=lambda rows: (as_of - rows["started_on"]).dt.days,
        wd=lambda rows: rows["now"] - rows["started_ordinal"],
    )
    late = lines[lines["late_fen"] > 0].assign(
        state="late",
        fen=lambda rows: rows["late_fen"],
        days=lambda rows: rows["settled_days"],
        wd=lambda rows: rows["settled_wd"],
    )
    back = lines[(lines["state"] == "returned") & (lines["returned_on"] > lines["started_on"])]
    back = back.merge(
        tables["working_day"][["county", "day", "ordinal"]],
        left_on=["county", "returned_on"],
        right_on=["county", "day"],
    ).assign(
        state="late",
        fen=lambda rows: rows["returned_fen"],
        days=lambda rows: days_between(rows["started_on"], rows["returned_on"]),
        wd=lambda rows: rows["ordinal"] - rows["started_ordinal"],
    )
    columns = [*LINE, "township", "collector_id", "fee", "fee_year", "started_on", "state", "fen", "days", "wd"]
    return pd.concat([part[columns] for part in (unpaid, late, back)], ignore_index=True)


def _grades(tables: Frames, values: Values) -> Frame:
    """Return each line with how far it went: 1 the next working day at most, 4 the season or months."""
    rows = _timed(tables, values)
    rows = rows.merge(tables["window_period"], on=["county", "fee", "fee_year"], how="left")
    out = tables["outage_days"].dropna(subset=["township"])[["county", "township", "day"]].drop_duplicates()
    rows = rows.merge(out.assign(outage=True), left_on=["county", "township", "started_on"],
                      right_on=["county", "township", "day"], how="left")  # fmt: skip
    rows = rows.merge(_on_paper(tables, values), on=LINE, how="left")
    explained = (rows["outage"].notna() | rows["paper"].notna()) & (rows["wd"] <= values["outage_wd"])
    season = (rows["last_on"] < values["as_of"]) & (rows["started_on"] <= rows["last_on"])
    unpaid = rows["state"] == "open"
    grade = graded(
        rows,
        [
            (explained, "1"),
            (unpaid & (rows["wd"] >= values["open_wd"]) & ((rows["days"] >= values["open_days"]) | season), "4"),
            (unpaid & (rows["wd"] >= values["open_high_wd"]), "3"),
            (unpaid & (rows["wd"] >= values["open_wd"]), "2"),
            (unpaid, "1"),
            (rows["days"] > values["late_days"], "4"),
            (rows["wd"] > values["late_low_wd"], "3"),
            (rows["wd"] > values["late_watch_wd"], "2"),
        ],
        "1",
    )
    return rows.assign(grade=grade.astype(int))


def a01(tables: Frames, values: Values) -> Frame:
    """Return collectors with cash still not paid in, or paid in after its day: the whole rule."""
    keys = ["county", "collector_id", "fee", "fee_year", "state"]
    rows = _grades(tables, values)
    worst = rows.groupby(keys, dropna=False)["grade"].transform("max")
    rows = rows[(rows["grade"] > 1) | (worst == 1)].dropna(subset=keys)
    rows = rows.assign(days_fen=rows["fen"].where(rows["grade"] >= 3, 0))
    totals = rows.groupby(keys, sort=False).agg(
        fen=("fen", "sum"), days_fen=("days_fen", "sum"), grade=("grade", "max")
    ).reset_index()  # fmt: skip
    late = rows[rows["state"] == "late"].merge(tables["settling_payments"][[*LINE, "payment"]], on=LINE)
    late = late.assign(event_id=late["payment"])
    totals = totals.merge(gathered(pd.concat([rows[[*keys, "event_id"]], late[[*keys, "event_id"]]]), keys), on=keys)
    grade, unpaid = totals["grade"], totals["state"] == "open"
    much, much_days = totals["fen"] >= values["late_fen"], totals["days_fen"] >= values["late_fen"]
    severity = graded(
        totals,
        [
            (grade == 1, "watch"),
            (unpaid & (grade == 4), "critical"),
            (unpaid & (grade == 3), "high"),
            (unpaid, "medium"),
            (grade == 4, "high"),
            ((grade == 3) & much_days, "medium"),
            ((grade == 3) | much, "low"),
        ],
        "watch",
    )
    return findings(
        totals.assign(severity=severity, subject_id=totals["collector_id"], amount_at_risk_fen=totals["fen"]),
        "collector",
    )


def _given_back(tables: Frames) -> Frame:
    back = tables["refunds"].groupby(PERSON)["amount_fen"].sum()
    return back.rename("back_fen").reset_index()


def _working_days(rows: Frame, tables: Frames, values: Values, column: str) -> Frame:
    """Return the rows with the working days gone by since a day."""
    days = tables["working_day"][["county", "day", "ordinal"]].rename(columns={"day": column})
    rows = rows.merge(days, on=["county", column]).merge(today(tables, values, over=False), on="county")
    return rows.assign(open_wd=rows["now"] - rows["ordinal"])


def _cash_twice(tables: Frames, values: Values) -> Frame:
    """Return collectors with cash beside a payment by another hand."""
    lines = tables["settlement"]
    paid_by = lines["otherwise_by"].isin(["payer", "other", "collective", "treasury"])
    rows = lines[(lines["state"] == "otherwise") & (lines["settled_fen"] == 0) & paid_by]
    rows = rows.merge(_given_back(tables), on=PERSON, how="left")
    rows = rows[rows["back_fen"].fillna(0) < rows["amount_fen"]]
    rows = rows.assign(
        twice_on=rows[["received_on", "otherwise_on"]].max(axis=1), same_day=rows["received_on"] == rows["otherwise_on"]
    )
    rows = _working_days(rows, tables, values, "twice_on")
    rows = rows[rows["open_wd"] >= values["refund_wd"]]
    keys = ["county", "collector_id", "fee", "fee_year"]
    totals = rows.groupby(keys, sort=False).agg(
        persons=("payer", "nunique"), fen=("amount_fen", "sum"), same_day=("same_day", "all")
    ).reset_index()  # fmt: skip
    beside = rows.assign(event_id=rows["otherwise_payments"]).explode("event_id")
    shown = gathered(pd.concat([rows[[*keys, "event_id"]], beside[[*keys, "event_id"]]]), keys)
    totals = totals.merge(shown, on=keys)
    severity = graded(
        totals,
        [
            (totals["same_day"], "watch"),
            (totals["fen"] >= values["critical_fen"], "critical"),
            (totals["persons"] >= values["high_persons"], "high"),
        ],
        "medium",
    )
    return findings(
        totals.assign(severity=severity, subject_id=totals["collector_id"], amount_at_risk_fen=totals["fen"]),
        "collector",
    )


def _several(tables: Frames) -> Frame:
    """Return the payments of persons with more than one for a fee and year, with whether the amount is a legal one."""
    paid = tables["standing_payments"]
    paid = paid[(paid["channel"] != "fiscal") & (paid["amount_fen"] > 0) & (paid["payer_id_type"] != "uscc")]
    moment = paid["paid_at"].astype(str).where(paid["timed"], paid["event_id"])
    paid = paid.assign(once=paid["pos_reference"].fillna(moment)).sort_values(["source", "event_id"])
    paid = paid.drop_duplicates([*PERSON, "amount_fen", "once"])
    many = paid.groupby(PERSON)["event_id"].transform("size")
    legal = tables["legal_amounts"].assign(legal=True)
    rows = paid[many > 1].merge(legal, on=[*PERSON, "amount_fen"], how="left")
    return rows.assign(legal=rows["legal"].notna())


def _sum_is_legal(rows: Frame, tables: Frames) -> Frame:
    """Return the persons whose payments together are a legal amount."""
    treasury = tables["standing_payments"]
    treasury = treasury[treasury["channel"] == "fiscal"].groupby(PERSON)["amount_fen"].sum()
    rows = rows.merge(tables["legal_amounts"], on=PERSON)
    rows = rows.merge(treasury.rename("fiscal_fen").reset_index(), on=PERSON, how="left")
    with_share = rows["paid_fen"] + rows["fiscal_fen"].fillna(0)
    tier = (rows["amount_fen"] == rows["paid_fen"]) | (rows["amount_fen"] == with_share)
    tiers = (rows["kind"] == "tiers") & ~rows["same_tier"] & tier
    fixed = (rows["kind"] == "fixed") & (rows["paid_fen"] <= rows["amount_fen"])
    return rows[tiers | fixed][PERSON].drop_duplicates().assign(summed=True)


def _paid_twice(tables: Frames, values: Values) -> Frame:
    """Return persons who paid twice in the tax system."""
    several = _several(tables)
    kinds = tables["tariff"].groupby(["county", "fee", "fee_year"])["kind"].max().reset_index()
    rows = several[several["legal"]].merge(kinds, on=["county", "fee", "fee_year"])
    rows = rows.groupby([*PERSON, "kind"], sort=False).agg(
        payments=("event_id", "size"), paid_fen=("amount_fen", "sum"), largest_fen=("amount_fen", "max"),
        smallest_fen=("amount_fen", "min"), last_on=("paid_on", "max"), tiers=("tier_fen", "count"),
        low_tier=("tier_fen", "min"), high_tier=("tier_fen", "max"),
    ).reset_index()  # fmt: skip
    rows = rows[rows["payments"] > 1]
    same = (rows["tiers"] == rows["payments"]) & (rows["low_tier"] == rows["high_tier"])
    rows = rows.assign(same_tier=same & (rows["smallest_fen"] == rows["high_tier"]))
    rows = rows.merge(_sum_is_legal(rows, tables), on=PERSON, how="left").merge(
        _given_back(tables), on=PERSON, how="left"
    )
    rows = _working_days(rows, tables, values, "last_on")
    kept = rows["summed"].isna() & (rows["back_fen"].fillna(0) < rows["smallest_fen"])
    rows = rows[kept & (rows["open_wd"] >= values["refund_wd"])].merge(gathered(several, PERSON), on=PERSON)
    extra = rows["paid_fen"] - rows["largest_fen"]
    return findings(rows.assign(severity="low", subject_id=rows["payer"], amount_at_risk_fen=extra), "payer")


def b07(tables: Frames, values: Values) -> Frame:
    """Return cash beside another payment, and persons who paid twice: the whole rule."""
    return pd.concat([_cash_twice(tables, values), _paid_twice(tables, values)], ignore_index=True)
