"""Suspicion lists: what is pushed to each township."""
