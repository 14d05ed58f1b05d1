"""Whose address a request comes from, where a proxy stands in front."""

from __future__ import annotations

import anyio
import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from domain.errors import Malformed
from mingzhang.commands.serve import config_of
from web.frame.proxies import addresses_of
from web.frame.settings import WebSettings

GATEWAY, CLERK, STRANGER = "172.30.93.1", "10.1.2.3", "172.30.93.9"


async def told(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the address that a request came from."""
    client = Request(scope).client
    await PlainTextResponse(client.host if client else "")(scope, receive, send)


def seen(settings: WebSettings, peer: str, forwarded: str) -> str:
    """Return whose request it is taken for, which comes from `peer` and says that it is forwarded."""
    config = config_of(told, settings)
    config.load()

    async def ask() -> str:
        transport = httpx.ASGITransport(config.loaded_app, client=(peer, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://pages") as client:
            return (await client.get("/", headers={"x-forwarded-for": forwarded})).text

    return anyio.run(ask)


def test_who_comes_through_the_proxy_is_told_apart_and_nobody_else_is_believed() -> None:
    settings = WebSettings(proxies=addresses_of([GATEWAY]))
    assert seen(settings, GATEWAY, CLERK) == CLERK
    assert seen(settings, STRANGER, CLERK) == STRANGER
    # What a browser itself wrote before the proxy added its address counts for nothing.
    assert seen(settings, GATEWAY, f"192.0.2.7, {CLERK}") == CLERK


def test_without_a_word_it_is_this_machines_proxy() -> None:
    assert seen(WebSettings(), "127.0.0.1", CLERK) == CLERK
    assert seen(WebSettings(), GATEWAY, CLERK) == GATEWAY


def test_a_network_of_proxies_is_taken_and_anything_else_refused() -> None:
    assert addresses_of(["10.1.2.0/28", "::1"]) == ("10.1.2.0/28", "::1")
    for wrong in ("proxy", "*", "10.1.2.3/8", ""):
        with pytest.raises(Malformed):
            addresses_of([wrong])
