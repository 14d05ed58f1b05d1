"""How good the anomaly model is where the truth is known: measures, yardsticks in the same run, and their tables."""
