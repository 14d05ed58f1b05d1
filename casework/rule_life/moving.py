"""What people decide about versions of rules: submit, try; promote with a backtest and retire, each by two persons."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from casework.cases.store import Cases, Change, stream_of
from casework.cases.texts import seal_note
from casework.rule_life.choosing import chosen, is_shipped, state_of
from casework.rule_life.records import backtest_named
from casework.rule_life.standing import active_version
from casework.rule_life.versions import Version, keep
from casework.users.acting import actor_named, check_another
from domain.cases.rule import (
    ALL_COUNTIES,
    KIND,
    TOPICS,
    RetirementDropped,
    RetirementProposed,
    RuleEvent,
    RulePromoted,
    RuleReplaced,
    RuleRetired,
    RuleSubmitted,
    RuleTried,
)
from domain.cases.rule_state import Retirement, RuleState, VersionState, after
from domain.errors import Refused
from domain.fact import Envelope


class Submitted(NamedTuple):
    """What became of a proposed version."""

    name: str
    fresh: bool
    """False: it stands as a draft, on trial or active already, and nothing was written."""


def submit(cases: Cases, version: Version) -> Submitted:
    """Keep a version as a draft; the same again writes nothing. The caller has checked its folder. Overtaken."""
    state = state_of(cases.home, version.rule.id)
    if state.standing(version.name).state in {"draft", "trial", "active"}:
        return Submitted(version.name, fresh=False)
    files = keep(cases.home.objects, version)
    _append(
        cases, state,
        lambda envelope: [RuleSubmitted(version.name, version.folder, files, version.values, envelope=envelope)],
    )  # fmt: skip
    return Submitted(version.name, fresh=True)


def start_trial(cases: Cases, given: str) -> str:
    """Put a draft on trial; return its name. NotFound, Malformed, IllegalMove, Overtaken."""
    state, version = chosen(cases.home, given, ("draft",))
    _append(cases, state, lambda envelope: [RuleTried(version.name, envelope=envelope)])
    return version.name


def promote(cases: Cases, given: str, backtest: str, note: str) -> str:
    """Let a version on trial count, in the place of the one that does; return its name.

    Refused: the backtest is of another version or judged no day; who promotes also proposed it. NotFound, Malformed,
    IllegalMove, Overtaken.
    """
    state, version = chosen(cases.home, given, ("trial",))
    after(state, RulePromoted(version.name, backtest, "", envelope=_envelope(cases, state)))
    check_another(cases.home, actor_named(cases.home, cases.acting.actor), version.submitted_by)
    _check_backtest(cases, version, backtest)
    sealed = seal_note(cases, _next_of(state), note)
    before = active_version(state, shipped=is_shipped(state.rule))

    def events(envelope: Envelope) -> list[RuleEvent]:
        replaced = [RuleReplaced(before.name, version.name, envelope=envelope)] if before is not None else []
        return [RulePromoted(version.name, backtest, sealed, envelope=envelope), *replaced]

    _append(cases, state, events)
    return version.name


class Ended(NamedTuple):
    """What became of a version that somebody wants to end."""

    name: str
    waits: bool
    """It counts, so that another person has to agree; until then it goes on."""


def retire(cases: Cases, given: str, note: str) -> Ended:
    """End a version: the one named, else the one that counts, else the only one; of the one that counts, propose it.

    A later proposal takes the place of an earlier. NotFound, Malformed, IllegalMove, Overtaken.
    """
    state, version = chosen(cases.home, given, ("active", "trial", "draft"))
    waits = version.state == "active"
    event = RetirementProposed if waits else RuleRetired
    after(state, event(version.name, "", envelope=_envelope(cases, state)))
    sealed = seal_note(cases, _next_of(state), note)
    _append(cases, state, lambda envelope: [event(version.name, sealed, envelope=envelope)])
    return Ended(version.name, waits)


def agree_to_retire(cases: Cases, given: str) -> str:
    """Retire the version that counts, as somebody else proposed; return its name.

    Refused: nothing is proposed, or both are one person. NotFound, Overtaken.
    """
    state, version, waiting = _proposed(cases, given)
    check_another(cases.home, actor_named(cases.home, cases.acting.actor), waiting.by)
    _append(cases, state, lambda envelope: [RuleRetired(version.name, second=waiting.by, envelope=envelope)])
    return version.name


def keep_active(cases: Cases, given: str, note: str) -> str:
    """Withdraw the proposal to retire a version, one's own or another's; return its name.

    Refused: nothing is proposed. NotFound, Malformed, Overtaken.
    """
    state, version, _ = _proposed(cases, given)
    sealed = seal_note(cases, _next_of(state), note)
    _append(cases, state, lambda envelope: [RetirementDropped(version.name, sealed, envelope=envelope)])
    return version.name


def _proposed(cases: Cases, given: str) -> tuple[RuleState, VersionState, Retirement]:
    """Return the version that counts, whose retirement waits; NotFound, Refused."""
    state, version = chosen(cases.home, given, ("active",))
    if version.retirement is None:
        raise Refused(
            f"没有人提议停用 {state.rule}（{version.name}），或已同意、撤回：用 mingzhang rules life {state.rule} 查看",
            f"no retirement of {state.rule} ({version.name}) waits for consent: see mingzhang rules life {state.rule}",
        )
    return state, version, version.retirement


def _check_backtest(cases: Cases, version: VersionState, backtest: str) -> None:
    found = backtest_named(cases.home, backtest)
    if found.name != version.name:
        raise Refused(
            f"回测 {backtest} 测的是 {found.name}，不是 {version.name}：请先回测这一版本",
            f"the backtest {backtest} is of {found.name}, not of {version.name}: backtest this version first",
        )
    if not any(day.outcome.startswith(("found", "none")) for day in found.days):
        raise Refused(
            f"回测 {backtest} 没有一天数据足够，说明不了什么：请换一段日期",
            f"on no day of the backtest {backtest} was there enough data: choose other days",
        )


def _envelope(cases: Cases, state: RuleState) -> Envelope:
    return cases.envelope(ALL_COUNTIES, stream_of(KIND, state.rule))


def _next_of(state: RuleState) -> str:
    return f"{stream_of(KIND, state.rule)}@{state.version + 1}"


def _append(cases: Cases, state: RuleState, events: Callable[[Envelope], list[RuleEvent]]) -> None:
    """Append events of one rule, each checked against the state before it; IllegalMove, Overtaken."""
    stream, changes = stream_of(KIND, state.rule), []
    for event in events(_envelope(cases, state)):
        state = after(state, event)
        changes.append(Change(stream, state.version, event, TOPICS[type(event)]))
    cases.append(changes)
