"""The legal moves of a case: a table says from which states a move is possible and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from domain.errors import Refused

NONE = ""
"""The state of a case that does not exist yet."""


class Move(NamedTuple):
    """One move: what it is called, where it may start, where it leads."""

    zh: str
    en: str
    sources: frozenset[str]
    target: str | None
    """None: the case stays in its state; taken back from a referral, it returns to the one that it had before."""


class Moves(NamedTuple):
    """All moves of one kind of case."""

    zh: str
    """What the case is called."""
    en: str
    states: Mapping[str, tuple[str, str]]
    """State to its words in zh and en."""
    moves: Mapping[str, Move]

    def after(self, state: str, move: str, case: str) -> str:
        """Return the state after a move; IllegalMove where the table does not have it."""
        wanted = self.moves[move]
        if state not in wanted.sources:
            raise IllegalMove(self, state, wanted, case)
        return state if wanted.target is None else wanted.target

    def possible(self, state: str) -> tuple[str, ...]:
        """Return the moves that a state allows, in the order of the table."""
        return tuple(name for name, move in self.moves.items() if state in move.sources)


class IllegalMove(Refused):
    """A case is not in a state in which this may be done."""

    def __init__(self, moves: Moves, state: str, wanted: Move, case: str) -> None:
        standing = moves.states.get(state, ("尚不存在", "does not exist"))
        possible = [moves.moves[name] for name in moves.possible(state)]
        can_zh, can_en = "、".join(move.zh for move in possible), ", ".join(move.en for move in possible)
        super().__init__(
            f"{moves.zh} {case} 现为“{standing[0]}”，不能{wanted.zh}；现在可以：{can_zh or '（没有）'}",
            f"{moves.en} {case} is {standing[1]}: it cannot be {wanted.en}; possible now: {can_en or 'nothing'}",
        )


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


SUSPICION = Moves(
    "疑点",
    "suspicion",
    {
        "open": ("待处理", "open"),
        "listed": ("已列入拟发清单", "listed"),
        "issued": ("已下发，待反馈", "issued"),
        "answered": ("已反馈，待复核", "answered"),
        "returned": ("已退回，待再次反馈", "returned"),
        "accepted": ("复核通过", "accepted"),
        "escalated": ("已提级", "escalated"),
        "overturned": ("抽查推翻", "overturned"),
        "referred": ("已移送", "referred"),
        "closed": ("已办结", "closed"),
        "withdrawn": ("已撤回", "withdrawn"),
        "changed": ("已改列其他类型", "changed kind"),
    },
    {
        "raise": Move("提出", "raised", _from(NONE), "open"),
        "strengthen": Move(
            "补充", "strengthened",
            _from("open", "listed", "issued", "answered", "returned", "escalated", "overturned", "referred"), None,
        ),
        "revise": Move("更正", "revised", _from("open", "listed", "issued", "returned"), None),
        "readdress": Move("改变推送对象", "readdressed", _from("open", "issued"), "open"),
        "snooze": Move("暂缓", "snoozed", _from("open"), None),
        "list": Move("列入清单", "listed", _from("open"), "listed"),
        "unlist": Move("移出清单", "taken off its list", _from("listed"), "open"),
        "issue": Move("下发", "issued", _from("listed"), "issued"),
        "answer": Move("反馈", "answered", _from("issued", "answered", "returned"), "answered"),
        "attach": Move("附上材料", "given a paper", _from("issued", "answered", "returned"), None),
        "accept": Move("复核通过", "accepted", _from("answered"), "accepted"),
        "return": Move("退回", "returned", _from("answered"), "returned"),
        "escalate": Move("提级", "escalated", _from("answered", "accepted"), "escalated"),
        "sample": Move("抽中", "drawn for a spot check", _from("accepted", "closed"), None),
        "uphold": Move("抽查维持", "upheld by a spot check", _from("accepted", "escalated", "closed"), None),
        "overturn": Move(
            "抽查推翻", "overturned by a spot check", _from("accepted", "escalated", "closed"), "overturned"
        ),
        "refer": Move(
            "移送", "referred", _from("open", "issued", "answered", "accepted", "escalated", "overturned"), "referred"
        ),
        "unrefer": Move("退出移送", "taken back from a referral", _from("referred"), None),
        "correct": Move(
            "记录到账", "credited with corrections",
            _from("issued", "answered", "returned", "accepted", "escalated", "overturned", "referred", "closed"), None,
        ),
        "comment": Move(
            "批注", "commented on",
            _from(
                "open", "listed", "issued", "answered", "returned", "accepted", "escalated", "overturned", "referred",
                "closed", "withdrawn", "changed",
            ),
            None,
        ),
        "propose-closing": Move(
            "提议办结", "proposed for closing", _from("accepted", "escalated", "overturned", "referred"), None
        ),
        "close": Move("办结", "closed", _from("accepted", "escalated", "overturned", "referred"), "closed"),
        "withdraw": Move(
            "撤回", "withdrawn", _from("open", "listed", "issued", "answered", "returned"), "withdrawn"
        ),
        "change": Move(
            "改列类型", "changed in kind", _from("open", "listed", "issued", "answered", "returned"), "changed"
        ),
        "reopen": Move("重新提出", "reopened", _from("closed", "withdrawn", "changed", "accepted"), "open"),
    },
)  # fmt: skip
"""A suspicion, from the screening that raised it to its end."""

SUSPICION_LIST = Moves(
    "清单",
    "list",
    {
        "drawn": ("已拟定，待审批", "drawn up"),
        "approved": ("已审批，待下发", "approved"),
        "issued": ("已下发，待签收", "issued"),
        "received": ("已签收，核查中", "received"),
        "reported": ("已报送，待复核", "reported"),
        "returned": ("已退回", "returned"),
        "accepted": ("已通过", "accepted"),
        "cancelled": ("已取消", "cancelled"),
    },
    {
        "draw": Move("拟定", "drawn up", _from(NONE), "drawn"),
        "approve": Move("审批", "approved", _from("drawn"), "approved"),
        "cancel": Move("取消", "cancelled", _from("drawn", "approved"), "cancelled"),
        "issue": Move("下发", "issued", _from("approved"), "issued"),
        "receive": Move("签收", "received", _from("issued"), "received"),
        "remind": Move("提醒", "reminded of", _from("issued", "received", "returned"), None),
        "extend": Move("延期", "extended", _from("issued", "received", "returned"), None),
        "report": Move("报送报告", "reported", _from("received", "returned"), "reported"),
        "return": Move("退回", "returned", _from("reported"), "returned"),
        "accept": Move("通过", "accepted", _from("reported"), "accepted"),
    },
)
"""A suspicion list with its self-check: the report answers the list as a whole, the answers its items."""

SPOT_CHECK = Moves(
    "抽查",
    "spot check",
    {
        "framed": ("抽样框已固定，待抽取", "framed"),
        "drawn": ("已抽取，核查中", "drawn"),
        "evaluated": ("已推断", "evaluated"),
    },
    {
        "frame": Move("固定抽样框", "framed", _from(NONE), "framed"),
        "draw": Move("抽取", "drawn", _from("framed"), "drawn"),
        "record": Move("记录结果", "recorded", _from("drawn"), None),
        "evaluate": Move("推断", "evaluated", _from("drawn", "evaluated"), "evaluated"),
    },
)
"""A spot check: its frame is fixed before its public seed exists."""

REFERRAL = Moves(
    "移送",
    "referral",
    {
        "prepared": ("已拟，待审批", "prepared"),
        "approved": ("已审批，待移送", "approved"),
        "handed-over": ("已移送", "handed over"),
        "taken": ("纪检已受理", "taken up"),
        "ended": ("已反馈结果", "ended"),
        "dropped": ("已撤销", "dropped"),
    },
    {
        "prepare": Move("拟定", "prepared", _from(NONE), "prepared"),
        "approve": Move("审批", "approved", _from("prepared"), "approved"),
        "drop": Move("撤销", "dropped", _from("prepared", "approved"), "dropped"),
        "hand-over": Move("移交", "handed over", _from("approved"), "handed-over"),
        "take": Move("受理", "taken up", _from("handed-over"), "taken"),
        "end": Move("反馈结果", "ended", _from("handed-over", "taken"), "ended"),
    },
)
"""A referral to discipline inspection."""

RULE_VERSION = Moves(
    "规则版本",
    "rule version",
    {
        "draft": ("草案", "a draft"),
        "trial": ("试运行", "on trial"),
        "active": ("启用", "active"),
        "retired": ("停用", "retired"),
    },
    {
        "submit": Move("提交", "submitted", _from(NONE, "retired"), "draft"),
        "try": Move("试运行", "put on trial", _from("draft"), "trial"),
        "promote": Move("启用", "promoted", _from("trial"), "active"),
        "replace": Move("由新版本替换", "replaced by a newer version", _from("active"), "retired"),
        "propose-retirement": Move("提议停用", "proposed for retirement", _from("active"), None),
        "drop-retirement": Move("撤回停用提议", "freed of a proposed retirement", _from("active"), None),
        "retire": Move("停用", "retired", _from("draft", "trial", "active"), "retired"),
    },
)
"""A version of a rule; what the program ships is active until an event says otherwise."""

ALL = (SUSPICION, SUSPICION_LIST, SPOT_CHECK, REFERRAL, RULE_VERSION)
