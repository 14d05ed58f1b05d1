"""E01 by hand in pandas: an account that pays for many persons of several households."""

from __future__ import annotations

import pandas as pd

from benchmarks.rules.pandas_frames import Frame, Frames, Values, findings, gathered, graded

EVENT = ["county", "event_id"]
FEE = ["county", "fee", "fee_year"]
PERSON = ["county", "payer", "fee", "fee_year"]
HOME = ["county", "household", "fee", "fee_year"]
OWN = ["county", "account", "fee", "fee_year"]
UNIT = [*OWN, "subject_type", "masked", "unit"]
BATCHES = ["fiscal", "bank-batch", "treasury-link", "client"]


def _named(tables: Frames) -> Frame:
    """Return payments that name no account but another person who paid, with whether they settle the register."""
    paid = tables["standing_payments"]
    kept = paid["payer_account"].isna() & paid["terminal_id"].isna() & paid["pos_reference"].isna()
    kept &= paid["paid_by"].notna() & paid["payer"].notna() & (paid["paid_by"] != paid["payer"])
    rows = paid[kept & ~paid["channel"].isin(BATCHES) & (paid["amount_fen"] > 0)]
    hands = tables["collector_hands"][EVENT].drop_duplicates().assign(hand=True)
    rows = rows.merge(hands, on=EVENT, how="left")
    rows = rows[rows["hand"].isna()].drop(columns="hand")
    lines, settling = tables["register_lines"], tables["settling_payments"][["county", "payment"]]
    family = lines[lines["persons"] > 1]
    own = rows.merge(lines[PERSON].dropna().drop_duplicates(), on=PERSON)[EVENT]
    home = rows.merge(family[HOME].dropna().drop_duplicates(), on=HOME)[EVENT]
    settled = rows.merge(settling.drop_duplicates().rename(columns={"payment": "event_id"}), on=EVENT)[EVENT]
    lined = pd.concat([own, home, settled]).drop_duplicates().assign(has_line=True)
    rows = rows.merge(lined, on=EVENT, how="left")
    return rows.assign(
        subject_type="payer", account=rows["paid_by"], masked=False, has_line=rows["has_line"].notna(),
        at_counter=rows["channel"].isin(["tax-hall", "bank-counter"]),
    )  # fmt: skip


def _paid(tables: Frames, values: Values) -> Frame:
    """Return every payment for a household other than the account's own, with the group in which it counts."""
    columns = ["county", "event_id", "subject_type", "account", "masked", "payer", "household", "fee", "fee_year"]
    columns += ["amount_fen", "paid_on", "township", "village", "has_line", "at_counter"]
    whole = tables["account_payments"].assign(subject_type="account")
    rows = pd.concat([whole[columns], _named(tables)[columns]], ignore_index=True)
    rows = rows[rows["county"].isin(tables["households"]["county"].unique())]
    standing = tables["standing_payments"][["county", "event_id", "paid_by", "payer_born"]]
    rows = rows.merge(standing, on=EVENT)
    homes = tables["households"][["county", "payer", "household_no"]].dropna()
    homes = homes.rename(columns={"payer": "paid_by", "household_no": "household"})
    known = rows[["county", "account", "paid_by"]].dropna().drop_duplicates().merge(homes, on=["county", "paid_by"])
    known = known[["county", "account", "household"]].drop_duplicates().assign(own=True)
    rows = rows.merge(known, on=["county", "account", "household"], how="left")
    rows = rows[rows["own"].isna()]
    group = rows["village"].fillna("") + ":" + rows["paid_on"].dt.strftime("%Y-%m-%d")
    masked = rows["masked"].astype(bool)
    return rows.assign(
        pupil=rows["fee_year"] - rows["payer_born"] <= values["pupil_age"],
        unit=group.where(masked, "all"),
        masked=masked,
    )


def _units(paid: Frame) -> Frame:
    """Return each group's persons, households and what speaks for a collector or an office."""
    paid = paid.assign(
        lined=paid["payer"].where(paid["has_line"].astype(bool)), young=paid["payer"].where(paid["pupil"])
    )
    return paid.groupby(UNIT, sort=False, dropna=False).agg(
        persons=("payer", "nunique"), households=("household", "nunique"), townships=("township", "nunique"),
        lined=("lined", "nunique"), pupils=("young", "nunique"), at_counter=("at_counter", "all"),
        paid_fen=("amount_fen", "sum"), low_village=("village", "min"), high_village=("village", "max"),
    ).reset_index()  # fmt: skip


def _largest(units: Frame, tables: Frames, values: Values) -> Frame:
    """Return the largest group of each account that is neither a collector's nor an office's."""
    many = units["persons"] >= values["from_persons"]
    collected = units[many & (units["lined"] * 100 >= units["persons"] * values["register_percent"])]
    collected = collected[["county", "account"]].drop_duplicates().assign(collector=True)
    kept = tables["register_lines"][FEE].drop_duplicates().assign(kept=True)
    rows = units[many & (units["households"] >= values["from_households"])]
    rows = rows[~(rows["at_counter"].astype(bool) & (rows["townships"] >= values["office_townships"]))]
    rows = rows.merge(collected, on=["county", "account"], how="left").merge(kept, on=FEE, how="left")
    keeping = rows["county"].isin(kept["county"].unique())
    rows = rows[rows["collector"].isna() & (~keeping | rows["kept"].notna())]
    rows = rows.sort_values(["persons", "unit"], ascending=[False, True])
    return rows.drop_duplicates(OWN)


def e01(tables: Frames, values: Values) -> Frame:
    """Return accounts that paid for many persons: the whole rule."""
    paid = _paid(tables, values)
    rows = _largest(_units(paid), tables, values)
    one = rows["low_village"].where(rows["low_village"] == rows["high_village"])
    rows = rows.assign(village=one)
    standing = tables["standing_payments"]
    standing = standing[standing["village"].notna() & (standing["channel"] != "fiscal")]
    place = ["county", "village", "fee", "fee_year"]
    villages = standing.groupby(place)["payer"].nunique().rename("payers").reset_index()
    rows = rows.merge(villages, on=place, how="left")
    keys = [*OWN, "masked", "unit"]
    rows = rows.merge(gathered(rows[keys].merge(paid, on=keys), keys), on=keys)
    persons = rows["persons"]
    severity = graded(
        rows,
        [
            (rows["masked"], "low"),
            (rows["pupils"] * 100 >= persons * values["pupil_percent"], "low"),
            (persons * 100 >= rows["payers"] * values["village_percent"], "low"),
            ((persons >= values["high_persons"]) & rows["village"].isna(), "high"),
            (persons >= values["medium_persons"], "medium"),
        ],
        "low",
    )
    rows = rows.assign(severity=severity, subject_id=rows["account"], amount_at_risk_fen=rows["paid_fen"])
    subject = rows["subject_type"]
    return findings(rows, "account").assign(subject_type=subject)
