"""The life of a rule in a home: versions submitted, tried, promoted and retired, backtests, and what outcomes say."""
