"""Accounts of the service: made and changed, their means of sign-in, and who may act with them."""
