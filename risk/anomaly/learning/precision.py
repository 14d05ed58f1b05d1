"""How true the lists are: among what was inspected, and corrected for denials by the checks that chance drew."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from risk.anomaly.learning.denials import believed
from risk.anomaly.learning.intervals import CONFIDENCE, Share, exact, weighted

_BOTH = (1.0 + CONFIDENCE) / 2.0
"""Confidence of each of two intervals, so that both hold together."""


class Precision(msgspec.Struct, frozen=True):
    """What is known of the suspicions of a county that anybody answered or checked."""

    county: str
    known: int
    """Suspicions with a decision other than undecidable: answered + unanswered."""
    confirmed: int
    """By the township's answer or its review."""
    denied: int
    unanswered: int
    """Checked, without an answer of the township."""
    drawn: int
    """Answered ones that chance drew for a check."""
    overturned: int
    """Denials among them where the check found a wrong."""
    inspected: Share
    """Share found wrong, each by the best word about it: a check before the township's answer."""
    corrected: Share | None
    """Share of the answered ones that are truly wrong, by the drawn checks; None where no denial was drawn."""
    townships: dict[str, float]
    """Expected share of each township's denials that are wrong, drawn to that of all."""

    def lines(self) -> Iterator[str]:
        """Yield what a person reads, zh and en in one line."""
        counted = f"{self.county}: {self.known} = {self.confirmed} + {self.denied} + {self.unanswered}"
        yield f"{counted} (属实 confirmed + 否认 denied + 未答复 unanswered)"
        yield f"  已核查中属实 wrong among inspected: {_told(self.inspected)}"
        if self.corrected is None:
            yield "  按抽查校正 audit-corrected: 没有随机抽查过否认的疑点 no denial was checked by draw"
        else:
            counts = f"{self.drawn} 抽查 drawn, {self.overturned} 推翻 overturned"
            yield f"  按抽查校正 audit-corrected: {_told(self.corrected)} ({counts})"
        for code, share in sorted(self.townships.items()):
            yield f"  {code} 否认不实的预计比例 expected share of wrong denials: {share:.2f}"


def precision_of(known: pa.Table) -> list[Precision]:
    """Return the report of every county; `known` is risk.anomaly.outcomes.recorded."""
    counties = sorted({str(county) for county in known.column("county").to_pylist()})
    return [_of_county(known.filter(pc.field("county") == county), county) for county in counties]


def corrected(
    confirmed: NDArray[np.bool_], wrong: NDArray[np.bool_], probability: NDArray[np.float64]
) -> Share | None:
    """Return the share of answered suspicions that are truly wrong.

    confirmed: by row, the township's answer; the others are denied. wrong: what a drawn check found. probability: with
    which chance drew it; NaN where it did not. Confirmations count as true where none was drawn. None where no denial
    was. Estimated apart for confirmed and denied, with the intervals of `weighted`, which then hold together.
    """
    drawn = ~np.isnan(probability)
    parts, both = [], bool((drawn & confirmed).any())
    for stratum in (confirmed, ~confirmed):
        rows = stratum & drawn
        if rows.any():
            found = weighted(wrong[rows], probability[rows], _BOTH if both else CONFIDENCE)
        elif stratum is confirmed or not stratum.any():
            found = Share(1.0, 1.0, 1.0, 0.0)
        else:
            return None
        parts.append((float(stratum.mean()) if len(stratum) else 0.0, found))
    share, low, high = (sum(size * found[place] for size, found in parts) for place in range(3))
    return Share(share, low, high, sum(found.worth for _, found in parts))


def _of_county(known: pa.Table, county: str) -> Precision:
    answer = np.array(known.column("answer").to_pylist(), dtype=object)
    checked = np.array(known.column("checked").to_pylist(), dtype=object)
    probability = known.column("probability").to_numpy(zero_copy_only=False).astype(np.float64)
    told = (answer == "confirmed") | (answer == "denied") | (checked == "wrong") | (checked == "right")
    wrong = (checked == "wrong") | ((answer == "confirmed") & (checked != "right"))
    answered = (answer == "confirmed") | (answer == "denied")
    drawn = answered & ~np.isnan(probability)
    return Precision(
        county=county,
        known=int(told.sum()),
        confirmed=int((answer == "confirmed").sum()),
        denied=int((answer == "denied").sum()),
        unanswered=int((told & ~answered).sum()),
        drawn=int(drawn.sum()),
        overturned=int((drawn & (answer == "denied") & (checked == "wrong")).sum()),
        inspected=exact(float(wrong.sum()), float(told.sum())),
        corrected=corrected((answer == "confirmed")[answered], wrong[answered], probability[answered]),
        townships=believed(known).wrong,
    )


def _told(share: Share) -> str:
    if np.isnan(share.share):
        return "—"
    return f"{share.share:.3f} [{share.low:.3f}, {share.high:.3f}]"
