"""The anomaly detector on any matrix: how well it ranks, how fast it is, each against yardsticks in the same run."""
