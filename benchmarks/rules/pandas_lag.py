"""A02 by hand in pandas: collectors who take long from cash to payment, against their peers."""

from __future__ import annotations

import pandas as pd

from benchmarks.rules.pandas_frames import Frame, Frames, Values, findings, gathered, graded, quartiles

COLLECTOR = ["county", "collector_id", "fee", "fee_year"]
FEE = ["county", "fee", "fee_year"]


def _lags(tables: Frames, values: Values) -> Frame:
    """Return per line the minutes from cash to payment, days on which nobody works left out."""
    rows = tables["line_payments"]
    kept = ~rows["excused"] & (rows["how"] != "near-id")
    rows = rows[kept & (rows["started_on"] == rows["received_on"]) & (rows["paid_on"] <= values["as_of"])]
    paid, taken = rows["paid_at"].dt, rows["received_at"].dt
    first = (paid.hour * 60 + paid.minute).where(rows["payment_timed"], 0)
    minutes = rows["wd"] * 1440 + first - (taken.hour * 60 + taken.minute).where(rows["line_timed"], 1440)
    rows = rows.assign(minutes=minutes.clip(lower=0))
    keys = ["county", "event_id", "collector_id", "township", "village", "fee", "fee_year"]
    return rows.groupby(keys, dropna=False).agg(fen=("settled_fen", "sum"), minutes=("minutes", "max")).reset_index()


def _habits(lags: Frame, values: Values) -> Frame:
    """Return per collector with enough lines the median and the 95th percentile (nearest rank)."""
    rows = lags.sort_values([*COLLECTOR, "minutes", "event_id"])
    grouped = rows.groupby(COLLECTOR, dropna=False)
    rows = rows.assign(place=grouped.cumcount() + 1, lines=grouped["event_id"].transform("size"))
    rows = rows[rows["lines"] >= values["min_lines"]]
    median = rows[rows["place"] == (rows["lines"] + 1) // 2].set_index(COLLECTOR)["minutes"].rename("median_min")
    slowest = rows[rows["place"] == (95 * rows["lines"] + 99) // 100].set_index(COLLECTOR)["minutes"].rename("p95_min")
    place = rows.groupby(COLLECTOR)["township"].min()
    return pd.concat([place, median, slowest], axis=1).reset_index()


def _pairs(habits: Frame, values: Values) -> Frame:
    """Return each collector over a day beside his peers: those of the township, else those of the county."""
    near = habits.groupby(["county", "township", "fee", "fee_year"])["collector_id"].transform("size")
    wide = habits.groupby(FEE)["collector_id"].transform("size")
    slow = habits.assign(close=near > values["min_peers"])
    slow = slow[(habits["p95_min"] >= values["over_hours"] * 60) & (wide > values["min_peers"])]
    peers = habits.rename(columns={"collector_id": "peer", "township": "peer_township"})
    pairs = slow[[*COLLECTOR, "township", "close"]].merge(peers, on=FEE)
    beside = ~pairs["close"] | (pairs["township"] == pairs["peer_township"])
    return pairs[beside & (pairs["peer"] != pairs["collector_id"])]


def _limits(habits: Frame, values: Values) -> Frame:
    """Return the collectors over a limit, which is a day or the fence where that is higher."""
    pairs = _pairs(habits, values)
    rows = habits
    for name in ("median_min", "p95_min"):
        fences = quartiles(pairs, COLLECTOR, name, "peer")
        fence = (2 * fences["q3"] + values["fence_iqr_halves"] * (fences["q3"] - fences["q1"])) // 2
        limit = pd.concat([fence, fences["q3"] + 1], axis=1).max(axis=1).clip(lower=values["over_hours"] * 60)
        fences = fences.assign(**{f"{name}_limit": limit})
        rows = rows.merge(fences[[*COLLECTOR, f"{name}_limit"]], on=COLLECTOR, how="left")
    usual = rows["median_min"] >= rows["median_min_limit"]
    return rows.assign(usual=usual)[usual | (rows["p95_min"] >= rows["p95_min_limit"])]


def a02(tables: Frames, values: Values) -> Frame:
    """Return collectors who take long: the whole rule."""
    lags = _lags(tables, values)
    slow = _limits(_habits(lags, values), values)
    lines = slow[COLLECTOR].merge(lags, on=COLLECTOR)
    lines = lines[lines["minutes"] >= values["over_hours"] * 60]
    totals = lines.groupby(COLLECTOR)["fen"].sum().reset_index()
    paid = lines[["event_id", *COLLECTOR]].merge(tables["line_payments"][["county", "event_id", "payment"]])
    shown = pd.concat([lines[[*COLLECTOR, "event_id"]], paid[COLLECTOR].assign(event_id=paid["payment"])])
    rows = slow.merge(totals, on=COLLECTOR).merge(gathered(shown, COLLECTOR), on=COLLECTOR)
    days = values["medium_hours"] * 60
    severity = graded(
        rows,
        [
            (rows["usual"] & (rows["median_min"] >= days), "medium"),
            (rows["usual"] | (rows["p95_min"] >= days), "low"),
        ],
        "watch",
    )
    rows = rows.assign(severity=severity, subject_id=rows["collector_id"], amount_at_risk_fen=rows["fen"])
    return findings(rows, "collector")
