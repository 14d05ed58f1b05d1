"""Findings to suspicions: one per subject and kind of wrong, scored, ranked and addressed."""
