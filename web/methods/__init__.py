"""What the pages of methods ask: the catalogue with a county's outcomes, runs side by side, the policy in words."""
