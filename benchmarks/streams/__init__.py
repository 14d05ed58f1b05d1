"""The streams measured: how fast, how soon something is found, how much memory."""
