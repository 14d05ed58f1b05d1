"""Writes domain/fees.py: the fees in scope and the tariffs and fiscal shares that a county starts from."""

from __future__ import annotations

from mingzhang.contracts import Contracts, FeeSpec
from mingzhang.generated.literal import literal
from mingzhang.generated.records import HEAD


def fee_line(fee: str, spec: FeeSpec) -> str:
    """Return the Fee(...) line of one fee."""
    parts = [
        f'"{fee}"',
        f"zh={literal(spec.zh)}",
        f"lead={literal(_many(spec.lead))}",
        f"assess={literal(_many(spec.assess))}",
        f'tariff="{spec.tariff}"',
    ]
    parts += [f"cash={spec.cash}", f'arrears="{spec.arrears}"']
    if spec.window:
        parts.append(
            f'window=Window("{spec.window["from"]}", "{spec.window["to"]}", prior={bool(spec.window.get("prior"))})'
        )
    return f"    Fee({', '.join(parts)}),\n"


def _many(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def tariff_lines(contracts: Contracts) -> str:
    """Return a Tariff(...) line per fee, year and amount; year None holds for every year."""
    lines = []
    for fee, by_year in contracts.tariffs.items():
        for year, amounts in by_year.items():
            many = amounts if isinstance(amounts, tuple) else (amounts,)
            lines += [
                f'    Tariff("{fee}", {None if year == "tiers" else year}, {round(amount * 100)}),\n' for amount in many
            ]
    return "".join(lines)


def share_lines(contracts: Contracts) -> str:
    """Return a FiscalShare(...) line per fee and category; a share of a fixed tariff, or an amount of a tiered one."""
    lines = []
    for fee, by_category in contracts.fiscal_shares.items():
        for category, share in by_category.items():
            percent, fen = (
                ("None", round(share * 100)) if contracts.fees[fee].tariff == "tiers" else (round(share * 100), "None")
            )
            lines.append(f'    FiscalShare("{fee}", "{category}", percent={percent}, amount_fen={fen}),\n')
    return "".join(lines)


def module(contracts: Contracts) -> str:
    """Return the text of domain/fees.py."""
    return (
        HEAD.format(doc="The fees in scope, with the tariffs, fiscal shares and windows that a county starts from.")
        + "from domain.fee import Fee, FiscalShare, Tariff, Window\n\nFEES: tuple[Fee, ...] = (\n"
        + "".join(fee_line(fee, spec) for fee, spec in contracts.fees.items())
        + ")\n\nFEE_IDS = tuple(fee.id for fee in FEES)\nFEE_NAMES = {zh: fee.id for fee in FEES for zh in fee.zh}\n\nTARIFFS: tuple[Tariff, ...] = (\n"
        + tariff_lines(contracts)
        + ")\n\nFISCAL_SHARES: tuple[FiscalShare, ...] = (\n"
        + share_lines(contracts)
        + ")\n"
    )
