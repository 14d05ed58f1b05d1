"""Who may do what: every action with the roles that may do it, as one table; and two persons where two are needed."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from domain.division import TOWNSHIP
from domain.errors import Refused

ANALYST, APPROVER, CLERK, LEADER, INSPECTOR = "analyst", "approver", "clerk", "leader", "inspector"
WORKING_GROUP, LIAISON, SYSADMIN, SECADMIN, AUDITOR = "working-group", "liaison", "sysadmin", "secadmin", "auditor"

ROLES: dict[str, tuple[str, str]] = {
    ANALYST: ("税务风险管理人员", "tax risk analyst"),
    APPROVER: ("审批人", "approver"),
    CLERK: ("乡（镇）经办人", "township clerk"),
    LEADER: ("乡（镇）分管领导", "township leader"),
    INSPECTOR: ("纪检监察", "discipline inspection"),
    WORKING_GROUP: ("风险排查工作组", "risk working group"),
    LIAISON: ("部门联络员", "liaison of a department"),
    SYSADMIN: ("系统管理员", "system administrator"),
    SECADMIN: ("安全管理员", "security administrator"),
    AUDITOR: ("安全审计员", "security auditor"),
}
"""Role to its words in Chinese and English."""
FREE = "free"
"""In the place of a role: a name alone, in a home that has no accounts yet; the office answers for who uses it."""
OPERATOR = "operator"
"""In the place of a role: whoever runs the machine, at its command line, without an account."""
OF_TOWNSHIP = frozenset({CLERK, LEADER})
"""Roles that act for their own township only."""
OF_SYSTEM = frozenset({SYSADMIN, SECADMIN, AUDITOR})
"""Roles that keep the system and decide no case."""

_RISK = frozenset({ANALYST, APPROVER})
_CHECKING = frozenset({INSPECTOR, WORKING_GROUP})
_ANSWERING = OF_TOWNSHIP | {LIAISON}
_CASES = _RISK | _CHECKING
_COUNTY = frozenset(ROLES) - OF_SYSTEM


_OPERATOR_WORDS = ("未用 --as 说明身份", "no account was named with --as")


class Action(NamedTuple):
    """Something that can be done."""

    zh: str
    en: str
    roles: frozenset[str]
    api: bool = False
    """A bearer token may be used for it."""
    operator: bool = False
    """At the command line, whoever runs the machine may do it without an account."""


def _a(zh: str, en: str, *roles: str, api: bool = False, operator: bool = False) -> Action:
    return Action(zh, en, frozenset(roles), api, operator)


ACTIONS: dict[str, Action] = {
    "suspicions.read": _a("查看疑点", "see suspicions", *_COUNTY, api=True),
    "suspicions.comment": _a("批注疑点", "comment on suspicions", *_CASES),
    "suspicions.snooze": _a("暂缓疑点", "put suspicions off", ANALYST),
    "suspicions.readdress": _a("决定疑点推送对象", "decide who may see a suspicion", INSPECTOR),
    "suspicions.close": _a("办结疑点", "close suspicions", *_RISK),
    "suspicions.close-critical": _a("同意办结重大疑点", "agree to closing a critical suspicion", APPROVER),
    "lists.read": _a("查看清单", "see lists", *_COUNTY, api=True),
    "lists.draw": _a("拟定清单", "draw up lists", ANALYST),
    "lists.approve": _a("审批清单", "approve lists", APPROVER),
    "lists.issue": _a("下发清单", "issue lists", *_RISK),
    "lists.cancel": _a("取消清单", "cancel lists", *_RISK),
    "lists.extend": _a("同意延期", "extend a deadline", APPROVER),
    "lists.remind": _a("提醒", "remind of a deadline", *_RISK),
    "lists.receive": _a("签收清单", "receive lists", *_ANSWERING),
    "lists.workbook": _a("取清单工作簿", "take a list's workbook", *_COUNTY, api=True),
    "lists.visits": _a("取入户核查名单", "take the list of visits in clear", ANALYST, *OF_TOWNSHIP),
    "answers.import": _a("收取反馈", "take answers in", ANALYST, *_ANSWERING, api=True),
    "answers.write": _a("填写反馈", "answer items", *_ANSWERING),
    "answers.report": _a("报送自查报告", "hand in the self-check report", *_ANSWERING),
    "answers.review": _a("复核反馈", "review answers", *_RISK),
    "spot-check.draw": _a("抽取抽查样本", "draw a spot check", ANALYST, *_CHECKING),
    "spot-check.record": _a("记录抽查结果", "record a spot check", *_CHECKING),
    "spot-check.evaluate": _a("推断抽查结果", "evaluate a spot check", ANALYST, *_CHECKING),
    "referral.prepare": _a("拟定移送", "prepare a referral", ANALYST, WORKING_GROUP),
    "referral.approve": _a("审批移送", "approve a referral", APPROVER),
    "referral.hand-over": _a("移交线索", "hand a referral over", *_RISK),
    "referral.receive": _a("受理线索并反馈结果", "take a referral up and say what came of it", INSPECTOR),
    "cases.report": _a("查看统计", "see the figures", *_COUNTY, api=True),
    "evidence.export": _a("导出证据包", "export evidence packs", *_CASES),
    "reveal": _a("查看明文个人信息", "see personal data in clear", *_CASES, *OF_TOWNSHIP),
    "outcomes.import": _a("收取核查结论", "take outcomes in", ANALYST, *_CHECKING, operator=True),
    "screening.run": _a("执行筛查", "run a screening", ANALYST, api=True, operator=True),
    "rules.read": _a("查看规则的运行情况", "see how rules stand", *_CASES, operator=True),
    "rules.submit": _a("提交规则版本", "submit a version of a rule", ANALYST),
    "rules.backtest": _a("回测规则", "backtest a rule", *_RISK, operator=True),
    "rules.try": _a("规则试运行", "put a rule on trial", ANALYST),
    "rules.promote": _a("启用规则", "promote a rule", APPROVER),
    "rules.retire": _a("停用规则（启用的只是提议）", "retire a rule, or propose it of an active one", *_RISK),
    "rules.retire-active": _a("同意停用启用的规则", "agree to retiring an active rule", APPROVER),
    "screenings.read": _a("查看筛查", "see screenings", *_CASES, api=True),
    "model.train": _a("训练模型", "train the model", ANALYST, operator=True),
    "duties.read": _a("查看职责和期限", "see duties and their days", *_COUNTY),
    "offices.read": _a("查看部门待办", "see what waits for offices", *_CASES, LIAISON),
    "duties.record": _a("登记履职", "record that a duty was done", ANALYST, *_ANSWERING),
    "policy.read": _a("查看政策", "see the policy", *ROLES),
    "policy.set": _a("设定政策", "set the policy", *_RISK, operator=True),
    "records.take": _a("报送数据", "hand records in", ANALYST, LIAISON, SYSADMIN, api=True, operator=True),
    "records.read": _a("查看记录", "see records", *_CASES),
    "collectors.read": _a("查看代收人", "see collectors", *_CASES, *OF_TOWNSHIP),
    "registers.read": _a("查看现金台账", "see the cash register", *_CASES, *OF_TOWNSHIP),
    "registers.keep": _a("登记、更正现金台账", "keep the cash register", ANALYST, CLERK),
    "data.read": _a("查看收到的数据", "see what was handed in", *_CASES, SYSADMIN, AUDITOR),
    "events.read": _a("查看记录的事件及其证明", "see a record's event and its proof", *_CASES, AUDITOR),
    "quarantine.read": _a("查看被拒记录", "see refused records", *_CASES, LIAISON, SYSADMIN),
    "quarantine.export": _a("导出被拒记录", "export refused records", ANALYST, LIAISON, operator=True),
    "quarantine.release": _a("更正并放行被拒记录", "correct and release refused records", ANALYST, operator=True),
    "persons.decide": _a("删除、限制个人信息", "erase or restrict personal data", *_RISK, SECADMIN),
    "users.manage": _a("管理用户", "manage users", SYSADMIN, operator=True),
    "users.secure": _a("停用账号、结束会话", "disable accounts, end sessions", SYSADMIN, SECADMIN, operator=True),
    "users.read": _a("查看用户", "see users", *OF_SYSTEM, INSPECTOR, operator=True),
    "audit.read": _a(
        "查看审计记录", "read the access ledger and sign-ins", AUDITOR, SECADMIN, INSPECTOR, api=True, operator=True
    ),
    "log.entries": _a("取账本条目", "take the log's entries", AUDITOR, INSPECTOR, api=True),
    "status.read": _a("查看运行状态", "see the state of the service", *ROLES),
    "work.read": _a("查看后台任务", "see background work", *_CASES, CLERK, LIAISON, *OF_SYSTEM),
    "ledger.verify": _a("核对账本", "verify the ledger", *_CASES, *OF_SYSTEM, operator=True),
    "system.run": _a("备份、轮换密钥、运行维护", "back up, change keys, run the service", SYSADMIN, operator=True),
}  # fmt: skip
"""Every action; what a role is not named for it may not do."""


class Actor(NamedTuple):
    """Who acts."""

    name: str
    role: str
    """One of ROLES, or FREE, or OPERATOR."""
    township: str | None = None
    department: str | None = None
    person: str | None = None
    """Token of the identity number, where it is known."""
    scopes: frozenset[str] | None = None
    """Actions of the bearer token that was shown; None: a person is acting."""

    @property
    def place(self) -> str | None:
        """The township or office to which the role is bound; None: the whole county."""
        return self.department if self.role == LIAISON else self.township

    @property
    def bound(self) -> bool:
        """Whether who acts does so for one township or office, and is told only what was issued to it."""
        return self.role in OF_TOWNSHIP or self.role == LIAISON


def permits(role: str, action: str) -> bool:
    """Say whether a role may do an action anywhere at all."""
    return role in ACTIONS[action].roles


def api_actions(role: str) -> tuple[str, ...]:
    """Return the actions that a role's bearer token may be used for, in the order of the table."""
    return tuple(name for name, action in ACTIONS.items() if action.api and role in action.roles)


def may(actor: Actor, action: str, to: str | None = None) -> None:
    """Refuse where somebody may not do an action, or not there; return where they may.

    `to`: the township (nine digits, or a village of it) or the office whose list, answer or record it is; None: of the
    whole county, which roles of one township or office never may. KeyError: no such action.
    """
    wanted = ACTIONS[action]
    if actor.role == FREE or (actor.role == OPERATOR and wanted.operator):
        return
    if actor.role not in wanted.roles:
        called = ROLES.get(actor.role, _OPERATOR_WORDS)
        allowed = [ROLES[role] for role in ROLES if role in wanted.roles]
        raise Refused(
            f"{actor.name}（{called[0]}）无权{wanted.zh}；可以的角色：{'、'.join(zh for zh, _ in allowed)}",
            f"{actor.name} ({called[1]}) may not {wanted.en}; roles that may: "
            f"{', '.join(en for _, en in allowed)}",
        )
    if actor.scopes is not None and action not in actor.scopes:
        raise Refused(
            f"该令牌的用途不含 {action}：请另发含此用途的令牌",
            f"the token's scopes do not hold {action}: have one issued that does",
        )
    if _bound(actor.role, action) and not _within(actor.place, to):
        raise Refused(
            f"{actor.name} 只能办理本单位（{actor.place or '未登记'}）的事项，这一项属于 {to or '全县'}",
            f"{actor.name} acts for {actor.place or 'no place yet'} only; this belongs to {to or 'the whole county'}",
        )


def different(first: Actor, second: Actor) -> None:
    """Refuse where two persons are needed and both are one: the same account, or two accounts of one person."""
    same = first.name.strip().casefold() == second.name.strip().casefold()
    if same or (first.person is not None and first.person == second.person):
        raise Refused(
            f"需要两个不同的人：{first.name} 与 {second.name} 是同一人",
            f"two different persons are needed: {first.name} and {second.name} are one",
        )


def _bound(role: str, action: str) -> bool:
    """Say whether a role does an action in its own place only: not what holds for all, like the policy."""
    return (role in OF_TOWNSHIP or role == LIAISON) and action not in _EVERYWHERE


_EVERYWHERE: Collection[str] = frozenset({"policy.read", "status.read", "records.take", "work.read"})


def _within(own: str | None, to: str | None) -> bool:
    if own is None or to is None:
        return False
    return to == own or (len(own) == TOWNSHIP and to.isdigit() and to.startswith(own))
