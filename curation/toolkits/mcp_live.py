"""A process that asks one MCP server for its tools, through the official client, and ends.

`python -m curation.toolkits.mcp_live` reads `{"url": …}` or `{"command": […]}` on standard input and writes either
`{"tools": […]}` or `{"error": "…"}`. It is a process of its own so that a server which hangs, floods or loads much is
ended with it, and so that the client's packages are never loaded into the app.
"""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import sys
from typing import Any
from urllib.parse import urlsplit

MOST_PAGES = 100
MOST_TOOLS = 10_000
READ_TIMEOUT_S = 15.0


def main() -> None:
    """Ask, and say what came back."""
    order = json.loads(sys.stdin.read())
    print(json.dumps(ask(order)), flush=True)  # noqa: T201 - the pipe to the process that waits


def ask(order: dict[str, Any]) -> dict[str, Any]:
    """The tools of the server an order names, or one sentence."""
    try:
        import anyio

        return {"tools": anyio.run(_list_tools, order)}
    except ImportError:
        return {"error": "the package `mcp` is not installed"}
    except BaseException as error:  # noqa: BLE001 - whatever a server does becomes one sentence for the parent
        return {"error": _say(error)}


async def _list_tools(order: dict[str, Any]) -> list[dict[str, Any]]:
    from mcp import Client

    found: list[dict[str, Any]] = []
    async with Client(_target(order), read_timeout_seconds=READ_TIMEOUT_S, cache=None) as client:
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page = await client.list_tools(cursor=cursor)
            found += [tool.model_dump(by_alias=True, exclude_unset=True, mode="json") for tool in page.tools]
            cursor = page.next_cursor
            if not cursor:
                return found
            if len(found) > MOST_TOOLS:
                break
    raise ValueError(f"its list of tools does not end within {MOST_PAGES} pages and {MOST_TOOLS:,} tools")


def _target(order: dict[str, Any]) -> Any:
    """What the client connects to: an address, one with a token, or a command."""
    from mcp import StdioServerParameters

    if "command" in order:
        command, *arguments = order["command"]
        return StdioServerParameters(command=command, args=arguments)
    require_open(order["url"])
    token = os.environ.get(order.get("token_variable") or "")
    if not token:
        return order["url"]
    from mcp.client.streamable_http import streamable_http_client
    from mcp.shared._httpx_utils import create_mcp_http_client

    client = create_mcp_http_client(headers={"Authorization": f"Bearer {token}"})
    return streamable_http_client(order["url"], http_client=client)


def require_open(url: str) -> None:
    """Refuse link-local addresses, by name too: where machines are rented, their keys are handed out there."""
    parts = urlsplit(url)
    for found in socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM):
        address = ipaddress.ip_address(str(found[4][0]).partition("%")[0])
        inner = getattr(address, "ipv4_mapped", None) or address
        if inner.is_link_local:
            raise ValueError(f"{parts.hostname} is a link-local address, which is never asked")


def _say(error: BaseException) -> str:
    """The innermost reason of a group of errors, on one line and without what a server may have put in at length."""
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    words = " ".join(str(error).split())[:300]
    return words or type(error).__name__


if __name__ == "__main__":
    main()
