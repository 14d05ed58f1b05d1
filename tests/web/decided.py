"""A county whose own list was answered and accepted through the pages: what spot checks and referrals begin from."""

from __future__ import annotations

from risk.catalogue.rule import load
from tests.casework.cases.answered import line
from tests.casework.cases.made import screened
from tests.web.county import FINDINGS, County, browser
from tests.web.test_casework import ANSWER, item_path

WHY = "与收据存根不符"


def accepted(county: County) -> list[str]:
    """Answer and accept both items of the own list; return their suspicions."""
    clerk, approver = browser(county, "clerk"), browser(county, "approver")
    clerk.post(f"/lists/{county.own.list_id}/receive")
    names = [item.suspicion_id for item in county.own.items]
    for place, name in enumerate(names, start=1):
        clerk.post(item_path(county, place), data=ANSWER | {"statement": f"第{place}户当面问了"})
        approver.post(f"/suspicions/{name}/review", data={"decision": "accept"})
    return names


def screened_on_real_records(county: County) -> None:
    """Record a run that found the same on records that the ledger has, with the rule's real text."""
    rule = load()["A01"]
    text = county.home.objects.put(rule.sql.encode())
    found = [each | {"evidence": [line(place)]} for place, each in enumerate(FINDINGS, start=1)]
    changes: dict[str, object] = {"rules": {"A01": f"{rule.version}:{text}"}, "outcomes": {"A01": "found 5"}}
    screened(county.home, *found, changes=changes)
