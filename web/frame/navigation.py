"""The navigation: groups of pages, each with its address, its words, and the action that one must be permitted."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

Called = Callable[[str], str]
"""Chinese word to what the navigation calls it (web.frame.languages.Language.called)."""
FLAT_UP_TO = 6
"""Entries that stand in one row; more of them are shown group by group."""


class Entry(msgspec.Struct, frozen=True):
    """A page that the user may open, or a group of them under its first page."""

    path: str
    text: str
    current: bool


class Navigation(msgspec.Struct, frozen=True):
    """What stands above a page."""

    groups: tuple[Entry, ...] = ()
    """Empty where all entries stand in one row."""
    entries: tuple[Entry, ...] = ()
    """Of the group that the page belongs to."""


def pages(called: Called) -> tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]:
    """Return the groups with their pages: path, words, action."""
    return (
        (called("办理"), (
            ("/", called("概览"), "status.read"),
            ("/suspicions", called("疑点"), "suspicions.read"),
            ("/live", called("随到随查"), "screenings.read"),
            ("/lists", called("清单"), "lists.read"),
            ("/review", called("复核"), "answers.review"),
            ("/spot-checks", called("抽查"), "records.read"),
            ("/referrals", called("移送"), "records.read"),
        )),
        (called("征缴"), (
            ("/collectors", called("代收人"), "collectors.read"),
            ("/terminals", called("终端"), "records.read"),
            ("/villages", called("村（社区）"), "records.read"),
            ("/register", called("现金台账"), "registers.read"),
            ("/reconciliation", called("对账"), "records.read"),
            ("/duties", called("职责"), "duties.read"),
            ("/office", called("部门待办"), "offices.read"),
        )),
        (called("方法"), (
            ("/rules", called("规则"), "rules.read"),
            ("/model", called("模型"), "screenings.read"),
            ("/runs", called("筛查"), "screenings.read"),
            ("/policy", called("政策"), "policy.read"),
        )),
        (called("数据与账本"), (
            ("/data", called("数据"), "data.read"),
            ("/quarantine", called("隔离区"), "quarantine.read"),
            ("/ledger", called("账本"), "log.entries"),
            ("/access", called("查看登记"), "audit.read"),
        )),
        (called("系统"), (
            ("/work", called("后台任务"), "work.read"),
            ("/users", called("用户"), "users.read"),
            ("/status", called("运行状态"), "status.read"),
        )),
    )  # fmt: skip


def navigation(called: Called, path: str, permits: Callable[[str], bool]) -> Navigation:
    """Return what somebody may open, the page at `path` being marked."""
    groups = [
        (group, [Entry(where, text, _within(path, where)) for where, text, action in entries if permits(action)])
        for group, entries in pages(called)
    ]
    groups = [(group, entries) for group, entries in groups if entries]
    flat = [entry for _, entries in groups for entry in entries]
    if len(flat) <= FLAT_UP_TO:
        return Navigation(entries=tuple(flat))
    here = next((entries for _, entries in groups if any(each.current for each in entries)), [])
    return Navigation(
        tuple(Entry(entries[0].path, group, entries is here) for group, entries in groups), tuple(here)
    )


def _within(path: str, where: str) -> bool:
    return path == where or (where != "/" and path.startswith(f"{where}/"))
