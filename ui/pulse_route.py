"""The route a browser asks whether something has moved; it tells one word and changes nothing.

It stands apart from `ui/pulse.py`, as the launcher must listen before it has loaded what a page needs.
"""

from __future__ import annotations

import asyncio
from typing import Literal

import msgspec
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from curation.errors import CurationError
from ui.api import base_path, read_capped, refuse, say_sentence

Kind = Literal["run", "runs", "board", "look", "imports", "change", "order", "orders", "chat", "health"]
PATH = "/api/pulse"


class Watched(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a page asks about."""

    kind: Kind
    id: str


def pulse_routes() -> list[BaseRoute]:
    """Our one route, under the base path of the server."""
    return [Route(f"{base_path()}{PATH}", _answer, methods=["POST"])]


async def _answer(request: Request) -> Response:
    refusal = refuse(request)
    if refusal is not None:
        return refusal
    body = await read_capped(request)
    return await asyncio.to_thread(_tell, body or b"")


def _tell(body: bytes) -> Response:
    from ui.pulse import read_stamp

    try:
        watched = msgspec.json.decode(body, type=Watched)
        stamp = read_stamp(watched.kind, watched.id)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return say_sentence(400, "The request is not the JSON object this route takes.")
    except CurationError as error:
        return say_sentence(409, str(error))
    return Response(orjson.dumps({"stamp": stamp}), media_type="application/json")
