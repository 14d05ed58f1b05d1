"""What a screening keeps for the next one: its views and answers, each with the fingerprint of all that it read."""
