"""The whole rule catalogue over a growing province: seconds, memory, growth, and the same findings by other means."""
