"""Real servers for tests and benchmarks: installed, started, killed."""
