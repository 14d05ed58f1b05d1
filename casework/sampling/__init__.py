"""Sampling: frames, public draws that anyone can repeat, and what a sample says about all that it was drawn from."""
