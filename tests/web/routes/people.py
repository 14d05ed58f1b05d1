"""Routes of people, with the action that each asks for, and the pages that tests look at."""

from __future__ import annotations

PAGES: dict[str, str] = {
    "GET /users": "users.read",
    "POST /users": "users.manage",
    "POST /users/{name}/password": "users.manage",
    "POST /users/{name}/disable": "users.secure",
    "POST /users/{name}/enable": "users.manage",
    "POST /users/{name}/sign-out": "users.secure",
    "GET /users/{name}": "users.read",
    "POST /users/{name}": "users.manage",
    "POST /users/{name}/sessions/{session}/end": "users.secure",
    "POST /users/{name}/tokens/{token}/revoke": "users.manage",
    "POST /users/{name}/device-off": "users.manage",
}
VISITS: tuple[tuple[str, str], ...] = (
    ("inspector", "/users"),
    ("sysadmin", "/users"),
    ("auditor", "/users"),
    ("clerk", "/password"),
    ("clerk", "/account"),
    ("sysadmin", "/users/clerk"),
    ("secadmin", "/users/neighbour"),
)
"""Account and address of the pages that tests look at; {own}, {item} and so on as tests.web.test_pages has them."""
