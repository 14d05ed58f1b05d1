"""Filled-in lists that come back: read against what was issued, each problem named by its cell."""
