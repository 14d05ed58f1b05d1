"""The ways to draw a spot check that page and command line offer, each with its words."""

from __future__ import annotations

from collections.abc import Callable

from casework.sampling.plan import Monetary, Plan, Simple, Stratified
from domain.errors import Malformed

WAYS: dict[str, tuple[str, str]] = {
    "simple": ("简单随机", "simple random"),
    "stratified": ("按乡镇分层", "stratified by township"),
    "mus-fixed": ("按金额，等距", "by money, equal intervals"),
    "mus-cell": ("按金额，每段一点", "by money, one point per cell"),
    "mus-random": ("按金额，随机", "by money, anywhere"),
}
"""Way to its words."""
_PLANS: dict[str, Callable[[int], Plan]] = {
    "simple": Simple,
    "stratified": Stratified,
    "mus-fixed": lambda size: Monetary(size, "fixed"),
    "mus-cell": lambda size: Monetary(size, "cell"),
    "mus-random": lambda size: Monetary(size, "random"),
}


def plan_for(way: str, size: int) -> Plan:
    """Return the plan of a way for so many items; Malformed."""
    if way not in _PLANS:
        raise Malformed(
            f"请选择抽样方法：{'、'.join(WAYS)} 之一，得到 {way or '空'}",
            f"choose how to draw: one of {', '.join(WAYS)}, got {way or 'nothing'}",
        )
    if size < 1:
        raise Malformed("请填写抽几条，至少 1", "say how many to draw, 1 at least")
    return _PLANS[way](size)


def way_of(plan: Plan) -> str:
    """Return the way of a plan, whatever else it asks for."""
    match plan:
        case Simple():
            return "simple"
        case Stratified():
            return "stratified"
    return f"mus-{plan.selection}"
