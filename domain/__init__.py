"""What happened and what may happen: facts, cases, policy, errors."""
