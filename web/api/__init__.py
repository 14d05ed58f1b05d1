"""/api/v1: the same commands and queries for other departments' programs, by bearer token."""
