"""A register of two townships whose every line's fate is known, with terminals beside it."""

from __future__ import annotations

from tests.county import number, payment, receipt

Row = dict[str, object]
OWN, OTHER = "653123100", "653123101"
VILLAGE, NEXT, FAR = f"{OWN}201", f"{OWN}202", f"{OTHER}201"


def rows() -> dict[str, list[Row]]:
    """Return record type (with _ for -) to rows.

    C01 takes 400 four times: paid in the same day, paid in two days later, given back, and never paid in. C02 and C03
    of the township pay everything in at once, C09 of the other one too. Q1 charges 800 that nothing explains.
    """
    paid = [
        payment("P1", 1, channel="cash", collector_id="C01", paid_at="2025-11-03 17:00", division=VILLAGE),
        payment("P2", 2, channel="cash", collector_id="C01", paid_at="2025-11-05 17:00", division=VILLAGE),
        *(
            payment(f"P{n}", n, channel="cash", collector_id=who, paid_at="2025-11-04 17:00", division=where)
            for n, who, where in ((11, "C02", NEXT), (12, "C02", NEXT), (13, "C03", NEXT), (14, "C09", FAR))
        ),
        payment("P30", 30, paid_at="2025-11-20 10:00"),
        payment("P20", 20, channel="pos", terminal_id="Q1", pos_reference="J1", paid_at="2025-11-06 10:00"),
    ]
    return {
        "divisions": [
            {"record_id": code, "name": name}
            for code, name in ((OWN, "一乡"), (OTHER, "二乡"), (VILLAGE, "一村"), (NEXT, "二村"), (FAR, "远村"))
        ],
        "collectors": [_collector(who, where) for who, where in _COLLECTORS],
        "terminals": [
            {"record_id": "Q1", "division": VILLAGE, "collector_id": "C01", "installed_on": "2025-01-01"},
            {"record_id": "Q2", "division": NEXT, "collector_id": "C02", "installed_on": "2025-01-01"},
        ],
        "cash_receipts": [
            *(receipt(f"R{n}", n, received_at="2025-11-03 10:00", division=VILLAGE) for n in (1, 2, 3, 4)),
            *(
                receipt(f"R{n}", n, received_at="2025-11-04 10:00", division=where, collector_id=who)
                for n, who, where in ((11, "C02", NEXT), (12, "C02", NEXT), (13, "C03", NEXT), (14, "C09", FAR))
            ),
        ],
        "payments": [each | {"terminal_id": "", "pos_reference": ""} | each for each in paid],
        "refunds": [
            {
                "record_id": "T3", "payment_id": "R3", "payer_id": number(3), "payer_name": "买买提3",
                "fee": "resident-medical", "fee_year": 2026, "amount": 400, "refunded_at": "2025-11-10 09:00",
            }
        ],
        "rosters": [_due(n, VILLAGE) for n in (1, 2, 3, 4, 5)] + [_due(11, NEXT), _due(40, "653123102201")],
        "pos_transactions": [_sale("J1", 400, "2025-11-06"), _sale("J2", 800, "2025-11-07")],
    }  # fmt: skip


_COLLECTORS = (("C01", VILLAGE), ("C02", NEXT), ("C03", NEXT), ("C09", FAR))


def _collector(who: str, where: str) -> Row:
    return {
        "record_id": who, "name": f"代{who}", "id_number": number(700 + int(who[1:])), "role": "village-agent",
        "division": where, "appointed_on": "2025-01-01",
    }  # fmt: skip


def _due(place: int, where: str) -> Row:
    return {
        "record_id": f"D{place}", "payer_id": number(place), "payer_name": f"买买提{place}", "fee": "resident-medical",
        "fee_year": 2026, "division": where, "amount_due": 400, "listed_on": "2025-08-20",
    }  # fmt: skip


def _sale(name: str, amount: int, day: str) -> Row:
    return {
        "record_id": name, "terminal_id": "Q1", "kind": "sale", "amount": amount, "card": "6222020001",
        "card_kind": "credit", "occurred_at": f"{day} 10:00",
    }  # fmt: skip
