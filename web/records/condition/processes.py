"""Other processes of the house: `consume`, `publish` and `follow`, asked for /readyz where their figures are served."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import msgspec

from web.records.condition.check import Check, Said

VARIABLE = "MINGZHANG_PROCESSES"
WAIT_S = 1.0
OK = "ok"


def named_in(text: str) -> tuple[str, ...]:
    """Return the addresses, host:port, of a setting that names them with commas between."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def processes(addresses: Sequence[str], ask: httpx.Client | None = None) -> list[Check]:
    """Ask every process whether it is ready; one check each."""
    if not addresses:
        return []
    with ask or httpx.Client(timeout=WAIT_S, trust_env=False) as client:
        return [_asked(client, address) for address in addresses]


def _asked(client: httpx.Client, address: str) -> Check:
    title = Said(f"进程 {address}", f"Process {address}")
    try:
        answered = client.get(f"http://{address}/readyz")
        states = msgspec.json.decode(answered.content, type=dict[str, str])
    except (httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError, msgspec.ValidationError) as error:
        return Check(
            address, title, "unreachable",
            Said(f"没有应答（{type(error).__name__}）", f"no answer ({type(error).__name__})"),
            Said(
                "看它的输出，再启动 consume、publish 或 follow",
                "look at its output, start consume, publish or follow again",
            ),
        )  # fmt: skip
    wrong = {name: said for name, said in states.items() if said != OK}
    if not wrong:
        return Check(address, title, "ok", Said("正常", "ready"))
    told = "; ".join(f"{name}: {said}" for name, said in sorted(wrong.items()))
    return Check(
        address, title, "wrong", Said(told, told),
        Said("恢复它等待的部件；已停止的，看输出后重新启动", "bring back what it waits for; else start it again"),
    )  # fmt: skip
