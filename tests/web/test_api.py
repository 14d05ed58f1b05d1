"""The JSON API against its own description: whatever is asked, no failure of the program and no undescribed answer."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from casework.users import bearer
from casework.users.writing import By
from domain.errors import Refused
from intake.ingest import AHEAD_FROM
from tests.casework.cases.made import NOW
from tests.county import payment
from tests.web.county import County, browser
from tests.web.test_work import held, signalled
from web.api.records import KIND
from web.frame.settings import WebSettings

EXAMPLES = 15


class Asking(Protocol):
    """A made-up request."""

    def call(self, *, headers: Mapping[str, str]) -> schemathesis.Response: ...

    def validate_response(
        self, response: schemathesis.Response, *, checks: list[schemathesis.CheckFunction]
    ) -> None: ...


schemathesis.serializer(KIND)(lambda context, value: value)


def halted(county: County, name: str) -> None:
    """Stop a work and wait for its end."""
    works = county.app.state.service.work
    with suppress(Refused):
        works.stop(name, "analyst")
        signalled(county, name, signal.SIGCONT)
    while works.one(name).open:
        time.sleep(0.05)


def headers_of(county: County, user: str) -> dict[str, str]:
    token = bearer.issue(county.home, user, (), 30, By("sysadmin", NOW)).text
    return {"authorization": f"Bearer {token}"}


def test_records_come_in_as_they_are_sent_up_to_the_limit(own_county: County) -> None:
    folder = own_county.home.folder / "work"
    lines = b"".join(json.dumps(payment(f"P{n:05d}", n % 900 + 1)).encode() + b"\n" for n in range(15_000))
    assert AHEAD_FROM < len(lines) < WebSettings().upload_bytes
    client, headers = browser(own_county), headers_of(own_county, "liaison")
    taken = client.post("/api/v1/records/payments", content=lines, headers=headers)
    assert taken.status_code == 200, taken.text
    counts = taken.json()
    assert counts["read"] == counts["appended"] + counts["amended"] == 15_000
    assert list(folder.iterdir()) == []
    above = b"x" * (WebSettings().upload_bytes + 1)
    assert client.post("/api/v1/records/payments", content=above, headers=headers).status_code == 413


def test_a_screening_is_started_followed_and_listed(own_county: County) -> None:
    client, headers = browser(own_county), headers_of(own_county, "analyst")
    listed = client.get("/api/v1/screenings", headers=headers, params={"limit": 1}).json()
    behind = client.get("/api/v1/screenings", headers=headers, params={"after": listed["next"]}).json()
    assert [len(page["screenings"]) for page in (listed, behind)] == [1, 1]
    assert behind["next"] is None
    started = client.post("/api/v1/screenings", headers=headers, json={"as_of": "2026-03-01", "capacity": 5})
    assert started.status_code == 202
    name = started.json()["id"]
    held(own_county, name)
    assert client.post("/api/v1/screenings", headers=headers, json={}).status_code == 409
    state = client.get(f"/api/v1/screenings/work/{name}", headers=headers).json()
    assert (state["state"], state["started_by"]) == ("running", "analyst")
    halted(own_county, name)
    assert client.get(f"/api/v1/screenings/work/{name}", headers=headers).json()["state"] == "stopped"
    for wrong in ({"as_of": "soon"}, {"capacity": 0}, {"out": "/etc"}):
        assert client.post("/api/v1/screenings", headers=headers, json=wrong).status_code == 400


def test_every_answer_is_one_that_the_description_has(own_county: County) -> None:
    headers = headers_of(own_county, "analyst")
    described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", own_county.app)
    asked: list[int] = []
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def ask(case: Asking) -> None:
            response = case.call(headers=headers)
            asked.append(response.status_code)
            assert response.status_code < 500
            case.validate_response(response, checks=[status_code_conformance, response_schema_conformance])

        ask()
    for job in own_county.app.state.service.work.all():
        halted(own_county, job.id)
    assert len(asked) >= EXAMPLES
    assert {200, 404} <= set(asked)
