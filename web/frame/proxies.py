"""The addresses of proxies in front, as they are written on a command line."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network

from domain.errors import Malformed


def addresses_of(given: Iterable[str]) -> tuple[str, ...]:
    """Return addresses or networks, such as 172.30.93.1 or 10.1.2.0/28; Malformed where one is neither."""
    found = []
    for text in given:
        try:
            ip_network(text)
        except ValueError as error:
            raise Malformed(
                f"代理的地址应是 IP 地址或网段（如 172.30.93.1、10.1.2.0/28），得到 {text}",
                f"a proxy is an IP address or a network (172.30.93.1, 10.1.2.0/28), got {text}",
            ) from error
        found.append(text)
    return tuple(found)
