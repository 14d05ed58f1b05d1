"""How numbers and periods of the features are written, in Chinese and English."""

from __future__ import annotations

from risk.catalogue.card import Bilingual

_UNITS = {
    "share": Bilingual("", ""),
    "hours": Bilingual("小时", " hours"),
    "days": Bilingual("天", " days"),
    "yuan": Bilingual("元", " yuan"),
    "ratio": Bilingual("倍", " times"),
    "minutes": Bilingual("分钟", " minutes"),
    "households": Bilingual("户", " households"),
    "persons": Bilingual("人", " persons"),
    "villages": Bilingual("个村", " villages"),
    "refunds": Bilingual("笔", " refunds"),
    "sales": Bilingual("笔", " sales"),
    "records": Bilingual("条", " records"),
}


def amount(value: float, unit: str) -> Bilingual:
    """Return a value with its unit: a share in percent, money with two decimals, other numbers with up to two."""
    if unit == "share":
        text = f"{_plain(100 * value, 1)}%"
        return Bilingual(text, text)
    number = f"{value:.2f}" if unit == "yuan" else _plain(value, 2)
    known = _UNITS.get(unit, Bilingual(f"（{unit}）", f" {unit}"))
    return Bilingual(number + known.zh, number + known.en)


def period(text: str) -> Bilingual:
    """Return a period: a fee year, or the Monday of a week."""
    if text.isdigit():
        return Bilingual(f"{text}年度", f"fee year {text}")
    return Bilingual(f"{text}当周", f"week of {text}")


def rare(peers: int, alike: float) -> Bilingual:
    """Return how rare it is that `alike` (a share) of the peers go as far."""
    found = round(peers * alike)
    if found == 0:
        return Bilingual(f"{peers}个同类中没有一个到此程度", f"none of {peers} peers goes as far")
    one_in = max(1, round(peers / found))
    return Bilingual(
        f"{peers}个同类中有{found}个到此程度（约每{one_in}个中1个）",
        f"{found} of {peers} peers go as far (about 1 in {one_in})",
    )


def _plain(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
