"""F03 and E03 by hand in pandas: payments posted late, and villages that stay unpaid."""

from __future__ import annotations

from benchmarks.rules.pandas_frames import Frame, Frames, Values, days_between, findings, gathered, graded

KIND = ["county", "fee", "fee_year", "channel"]
ACCOUNT = ["county", "fee", "fee_year", "account"]
VILLAGE = ["county", "village", "fee", "fee_year"]


def _slow(tables: Frames, values: Values) -> Frame:
    """Return payments posted late or still open, of those kinds whose days of posting are kept."""
    paid = tables["payments"]
    until = paid["posted_on"].fillna(values["as_of"])
    paid = paid.assign(until_on=until, is_open=paid["posted_on"].isna(), days=days_between(paid["paid_on"], until))
    old = paid[(values["as_of"] - paid["paid_on"]).dt.days >= values["delay_days"]]
    kinds = old.groupby(KIND)["posted_on"].agg(["count", "size"]).reset_index()
    kept = kinds[kinds["count"] * 100 >= kinds["size"] * values["kept_percent"]][KIND].assign(kept=True)
    slow = paid[(paid["days"] >= values["delay_days"]) & (paid["amount_fen"] > 0)].merge(kept, on=KIND, how="left")
    slow = slow[~slow["is_open"] | slow["kept"].notna()]
    return slow.assign(account=slow["treasury_account"].fillna(""))


def f03(tables: Frames, values: Values) -> Frame:
    """Return accounts with payments posted late: the whole rule."""
    rows = _slow(tables, values)
    for name, mark in (("payment_voids", "voided"), ("refunds", "back")):
        ids = tables[name][["county", "payment_id"]].dropna().drop_duplicates().assign(**{mark: True})
        ids = ids.rename(columns={"payment_id": "record_id"})
        rows = rows.merge(ids, on=["county", "record_id"], how="left")
    days = tables["working_day"][["county", "day", "ordinal"]]
    for column, name in (("paid_on", "paid_n"), ("until_on", "until_n")):
        rows = rows.merge(days.rename(columns={"day": column, "ordinal": name}), on=["county", column], how="left")
    gone = rows["until_n"] - rows["paid_n"]
    stands = rows["voided"].isna() & ~(rows["back"].notna() & rows["is_open"])
    rows = rows[stands & (gone.isna() | (gone > values["holiday_wd"]))]
    rows = rows.sort_values(["days", "event_id"], ascending=[False, True])
    place = rows.groupby(ACCOUNT, dropna=False).cumcount()
    totals = rows.dropna(subset=ACCOUNT).groupby(ACCOUNT, sort=False)
    totals = totals.agg(fen=("amount_fen", "sum"), days=("days", "max")).reset_index()
    totals = totals.merge(gathered(rows[place < values["shown"]], ACCOUNT), on=ACCOUNT)
    severity = graded(
        totals,
        [(totals["days"] >= values["high_days"], "high"), (totals["days"] >= values["medium_days"], "medium")],
        "low",
    )
    named = totals["fee"].where(totals["account"] == "", totals["fee"] + ":" + totals["account"])
    return findings(totals.assign(severity=severity, subject_id=named, amount_at_risk_fen=totals["fen"]), "fee-account")


def e03(tables: Frames, values: Values) -> Frame:
    """Return villages where far more are unpaid than in others: the whole rule."""
    rows = tables["village_shares"].merge(tables["window_period"], on=["county", "fee", "fee_year"])
    spread = rows["q3"] - rows["q1"]
    kept = (rows["measure"] == "uncollected") & (rows["last_on"] < values["as_of"]) & (spread > 0)
    kept &= (rows["persons"] >= values["min_persons"]) & (rows["hits"] >= values["min_open"])
    kept &= rows["shrunken"] > rows["mean"]
    kept &= 2 * rows["shrunken"] >= 2 * rows["q3"] + values["fence_iqr_halves"] * spread
    rows = rows[kept]
    due = tables["due_persons"]
    due = due[due["is_open"].fillna(value=False).astype(bool)].merge(rows[VILLAGE], on=VILLAGE)
    owed = due.groupby(VILLAGE)["amount_due_fen"].sum().rename("open_fen").reset_index()
    rows = rows.merge(owed, on=VILLAGE).merge(gathered(due, VILLAGE), on=VILLAGE)
    distance = rows["excess"] ** 2 // rows["persons"]
    near = rows["share"] - rows["mean"] < values["min_points"] * 100
    unsure = distance < values["sure_deviations"] ** 2 * rows["unit_variance"]
    severity = graded(
        rows, [(near | unsure, "watch"), (rows["share"] >= values["medium_percent"] * 100, "medium")], "low"
    )
    amount = rows["open_fen"] * rows["excess"] // (rows["hits"] * 10_000)
    return findings(rows.assign(severity=severity, subject_id=rows["village"], amount_at_risk_fen=amount), "village")
