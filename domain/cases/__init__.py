"""Decisions and runs: what people and screenings did with the facts."""
