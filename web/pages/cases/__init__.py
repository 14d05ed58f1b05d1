"""Cases: where we stand, suspicions, lists, answers, reviews, spot checks, referrals."""

from __future__ import annotations

from web.pages.cases import (
    deciding,
    evidence,
    item,
    list_,
    lists,
    live,
    money,
    network,
    overview,
    referral,
    referrals,
    review,
    spot_check,
    spot_checks,
    suspicion,
    suspicions,
)

PAGES = (
    item, lists, list_, overview, suspicions, suspicion, deciding, money, network, evidence, live, review, spot_checks,
    spot_check, referrals, referral,
)  # fmt: skip
"""Those of the clerks first: every request is compared with one route after the other."""
