from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.servers.kafka import Broker
from tests.servers.streams import Streams


@pytest.fixture(scope="session")
def broker_address() -> Iterator[str]:
    """A broker for all tests of this process: the one that MINGZHANG_TEST_KAFKA names, or one of its own."""
    named = os.environ.get("MINGZHANG_TEST_KAFKA")
    if named:
        yield named
        return
    with Broker() as broker:
        yield broker.address


@pytest.fixture
def streams(broker_address: str) -> Streams:
    found = Streams(broker_address)
    found.clear()
    return found
