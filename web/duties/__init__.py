"""What pages ask of duties with a clock: who owes what by when, what was done, and the letters that remind."""
