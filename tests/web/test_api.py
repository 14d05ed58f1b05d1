"""The JSON API against its own description: whatever is asked, no failure of the program and no undescribed answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from casework.users import bearer
from casework.users.writing import By
from tests.casework.cases.made import NOW
from tests.web.county import County
from web.api.records import KIND

EXAMPLES = 15


class Asking(Protocol):
    """A made-up request."""

    def call(self, *, headers: Mapping[str, str]) -> schemathesis.Response: ...

    def validate_response(
        self, response: schemathesis.Response, *, checks: list[schemathesis.CheckFunction]
    ) -> None: ...


schemathesis.serializer(KIND)(lambda context, value: value)


def test_every_answer_is_one_that_the_description_has(own_county: County) -> None:
    token = bearer.issue(own_county.home, "analyst", (), 30, By("sysadmin", NOW)).text
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
            response = case.call(headers={"authorization": f"Bearer {token}"})
            asked.append(response.status_code)
            assert response.status_code < 500
            case.validate_response(response, checks=[status_code_conformance, response_schema_conformance])

        ask()
    assert len(asked) >= EXAMPLES
    assert {200, 404} <= set(asked)
