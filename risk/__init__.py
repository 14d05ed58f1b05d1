"""Rules, screening, scoring: what the records say that somebody should look at."""
