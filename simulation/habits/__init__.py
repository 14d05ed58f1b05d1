"""The innocent reasons, one module each."""

from simulation.cases import Habit
from simulation.habits import (
    back_payment,
    clock,
    collective,
    deadline,
    explained_lapse,
    family_head,
    higher_tier,
    migrants,
    mistyped,
    newborns,
    outage,
    own_account,
    paid_twice,
    pay_first,
    quota_advance,
    retyped,
    status_change,
    two_insurances,
)

HABITS: tuple[Habit, ...] = (
    outage.HABIT,
    mistyped.HABIT,
    family_head.HABIT,
    own_account.HABIT,
    migrants.HABIT,
    newborns.HABIT,
    status_change.HABIT,
    pay_first.HABIT,
    higher_tier.HABIT,
    back_payment.HABIT,
    two_insurances.HABIT,
    clock.HABIT,
    deadline.HABIT,
    quota_advance.HABIT,
    collective.HABIT,
    paid_twice.HABIT,
    retyped.HABIT,
    explained_lapse.HABIT,
)
