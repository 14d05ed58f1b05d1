"""How fast the hot paths are, as ratios against named yardsticks measured in the same run."""
