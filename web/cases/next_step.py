"""Who has to do something about a suspicion now, what, and by when."""

from __future__ import annotations

from datetime import date

import msgspec

from web.cases.labels import Pair

RISK_TEAM = ("税务风险管理", "the tax risk team")
_OURS: dict[str, tuple[Pair, Pair]] = {
    "open": (RISK_TEAM, ("列入清单下发，或暂缓、办结", "puts it on a list, puts it off or closes it")),
    "listed": (("审批人", "an approver"), ("审批清单后下发", "approves the list, then it is issued")),
    "answered": (RISK_TEAM, ("复核反馈，不得是反馈人", "reviews the answer: somebody else than who answered")),
    "accepted": (RISK_TEAM, ("办结，或保留备查", "closes it, or keeps it for later")),
    "escalated": (RISK_TEAM, ("另派人核查，或移送", "has others check it, or refers it")),
    "overturned": (RISK_TEAM, ("按抽查结果移送或办结", "refers or closes it by what the spot check found")),
    "referred": (("纪检监察", "discipline inspection"), ("办理后反馈结果", "takes it up and says what came of it")),
}
"""State to who of the county acts, and what they do."""
_THEIRS: dict[str, Pair] = {
    "issued": ("签收清单，入户核查后逐条反馈", "receives the list, checks at the door and answers item by item"),
    "returned": ("按退回意见再次核查、反馈", "checks and answers again, as the return asks"),
}
"""State to what who was sent the list does."""


class NextStep(msgspec.Struct, frozen=True):
    """What comes next."""

    who: Pair | None
    """None: the place below."""
    place: str
    """The township or office whose list it is on, "" where the county acts."""
    what: Pair
    due: date | None


def next_step(state: str, place: str, due: date | None) -> NextStep | None:
    """Return the next step of a suspicion in a state, on the list of a place with a last day; None where it is over."""
    if state in _THEIRS:
        return NextStep(None, place, _THEIRS[state], due)
    if state in _OURS:
        who, what = _OURS[state]
        return NextStep(who, "", what, None)
    return None
