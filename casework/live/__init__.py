"""Screening while records come, 随到随查: findings that stand now, in no ledger and on no list."""
