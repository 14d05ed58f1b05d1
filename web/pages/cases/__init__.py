"""Cases: where we stand, suspicions, lists, answers, reviews, spot checks, referrals."""

from __future__ import annotations

from web.pages.cases import (
    deciding,
    evidence,
    item,
    list_,
    lists,
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
    overview, suspicions, suspicion, deciding, money, network, evidence, lists, list_, item, review, spot_checks,
    spot_check, referrals, referral,
)  # fmt: skip
