"""Outcomes of checks handed in as a file: read, refused where they are wrong, and kept as events."""
