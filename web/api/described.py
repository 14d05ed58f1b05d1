"""What the API's description says of refusals, the same for every operation."""

from __future__ import annotations

from pydantic import BaseModel


class Refusal(BaseModel):
    """Why nothing was done, in both languages."""

    kind: str
    message_zh: str
    message_en: str


Responses = dict[int | str, dict[str, object]]
REFUSALS: Responses = {
    status: {"model": Refusal, "description": said}
    for status, said in (
        (400, "Malformed"), (401, "No token, or none that holds"), (403, "Not permitted"), (404, "Not found"),
        (409, "Not possible now"), (413, "Too large"), (503, "A component is away"),
    )
}  # fmt: skip
"""Status to what it means; nothing else is answered but success."""
