"""Routes of the county, with the action that each asks for, and the pages that tests look at."""

from __future__ import annotations

PAGES: dict[str, str] = {}
VISITS: tuple[tuple[str, str], ...] = ()
"""Account and address of the pages that tests look at; {own}, {item} and so on as tests.web.test_pages has them."""
