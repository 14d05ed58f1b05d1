"""Every route of the application: who may ask it, and what the tests of pages look at."""

from __future__ import annotations

from tests.web.routes import cases, county, methods, people, records

PUBLIC = {
    "GET /healthz",
    "GET /log/checkpoint",
    "GET /log/key.pub",
    "GET /metrics",
    "GET /readyz",
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/provider",
    "GET /sign-in/provider/back",
}
ANY_ACCOUNT = {
    "GET /",
    "GET /account",
    "GET /password",
    "POST /account/device",
    "POST /account/device/confirm",
    "POST /account/sessions/{session}/end",
    "POST /password",
    "POST /sign-out",
}
PAGES = cases.PAGES | people.PAGES | county.PAGES | methods.PAGES | records.PAGES
API = {
    "GET /api/v1/suspicions": "suspicions.read",
    "GET /api/v1/lists": "lists.read",
    "GET /api/v1/lists/{name}/workbook": "lists.workbook",
    "POST /api/v1/lists/{name}/answers": "answers.import",
    "POST /api/v1/records/{record_type}": "records.take",
    "GET /api/v1/screenings": "screenings.read",
    "GET /api/v1/live": "screenings.read",
    "POST /api/v1/screenings": "screening.run",
    "GET /api/v1/screenings/work/{name}": "screening.run",
}
VISITS = cases.VISITS + people.VISITS + county.VISITS + methods.VISITS + records.VISITS
