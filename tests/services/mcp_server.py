"""A real MCP server for tests, made with the server side of the official package: two pages of tools.

`python mcp_server.py http PORT` serves on loopback, `python mcp_server.py stdio` on its pipes; `hang` never answers.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import mcp_types as types
from mcp.server import Server
from mcp.server.stdio import stdio_server

SEARCH = types.Tool(
    name="search.orders",
    description="Find orders.",
    inputSchema={"type": "object", "properties": {"q": {"type": "string", "default": None}}, "required": ["q"]},
    outputSchema={"type": "object", "properties": {"n": {"type": "integer"}}},
    annotations=types.ToolAnnotations(readOnlyHint=True),
)
CANCEL = types.Tool(
    name="cancel_order",
    description="Cancel an order.",
    inputSchema={"type": "object", "properties": {"id": {"type": "string"}}},
    annotations=types.ToolAnnotations(destructiveHint=True, idempotentHint=True),
)


async def list_tools(_context: Any, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
    if params is not None and params.cursor == "second":
        return types.ListToolsResult(tools=[CANCEL])
    return types.ListToolsResult(tools=[SEARCH], nextCursor="second")


server: Server[Any] = Server("orders", on_list_tools=list_tools)


def serve_http(port: int) -> None:
    import uvicorn

    app = server.streamable_http_app()
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


async def serve_stdio() -> None:
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


if __name__ == "__main__":
    if sys.argv[1] == "http":
        serve_http(int(sys.argv[2]))
    elif sys.argv[1] == "stdio":
        import anyio

        anyio.run(serve_stdio)
    else:
        time.sleep(600)
