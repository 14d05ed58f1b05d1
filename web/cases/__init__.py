"""Cases as pages show them: the standing of all of them in memory, who sees what of it, and in which words."""
