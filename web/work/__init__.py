"""Long work: the house's own commands, each in a process of its own, that pages start, look at and stop."""
