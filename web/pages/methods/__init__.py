"""Methods: rules, the model, screening runs, policy, background work."""

from __future__ import annotations

from web.pages.methods import (
    model,
    policy,
    rule,
    rule_backtest,
    rule_effect,
    rule_life,
    rules,
    runs,
    work,
    work_one,
)

PAGES = (
    rules, rule, rule_life, rule_backtest, rule_effect, model, runs, policy, work, work_one,
)  # fmt: skip
