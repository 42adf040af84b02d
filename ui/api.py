"""The routes of the live editor: `/api/validate` (findings while typing), `/api/draft` (text is never lost), `/api/fix`
and `/api/format` (a text Python wrote anew) and `/api/schema` (what may stand in a field).

They run outside Streamlit's sessions, so each request proves by a signed token which one field it may touch, must come
from our own pages, and is small. The work itself (`ui/field_work.py`) runs in a thread pool.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec
import orjson
import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from curation.errors import CurationError, NotAllowedError, TooLongError
from curation.model.texts import TEXT_BYTES
from ui.editor_assets import EDITOR_FOLDER

NAMES = ("validate", "draft", "fix", "format", "schema")
"""What a field asks for; `ui/field_work.py` does it."""
LONGEST_ESCAPE = 6
"""JSON may write one byte of a text as `\\u0001`."""
MAX_BODY_BYTES = LONGEST_ESCAPE * TEXT_BYTES + 64 * 1024
"""Room for the longest text, however it is written, and for what is said about it; the text has a limit of its own."""
_SAME_SITE = frozenset({"same-origin", "none"})
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def editor_routes() -> list[BaseRoute]:
    """Our routes under the base path of the server, which Streamlit does not move by itself."""
    base = base_path()
    return [
        *(Route(f"{base}/api/{name}", _endpoint(name), methods=["POST"]) for name in NAMES),
        Route(f"{base}/api/{{rest:path}}", _answer_unknown),
        Mount(f"{base}/editor", app=StaticFiles(directory=EDITOR_FOLDER), name="editor"),
    ]


def base_path() -> str:
    """`server.baseUrlPath` as a prefix: "" or "/cw"."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def _endpoint(name: str) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        refusal = refuse(request)
        if refusal is not None:
            return refusal
        body = await read_capped(request)
        if body is None:
            return say_sentence(413, str(TooLongError()))
        return await asyncio.to_thread(_answer, name, body)

    return answer


def _answer(name: str, body: bytes) -> Response:
    # The rules behind a field are loaded in the background while the first page is drawn, not before the app listens.
    from ui.field_work import do_work

    try:
        return Response(orjson.dumps(do_work(name, body)), media_type="application/json")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return say_sentence(400, "The request is not the JSON object this route takes.")
    except TooLongError as error:
        return say_sentence(413, str(error))
    except NotAllowedError as error:
        return say_sentence(403, str(error))
    except CurationError as error:
        return say_sentence(409, str(error))


def refuse(request: Request) -> Response | None:
    """Only JSON from our own pages: a form of another site can send neither this type nor this header."""
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        return say_sentence(415, "Send the request as application/json.")
    if not _is_ours(request):
        return say_sentence(403, "Requests from other sites are refused.")
    return None


def _is_ours(request: Request) -> bool:
    """Asked under a name this server goes by, from one of its pages as far as the browser says where it comes from."""
    host = request.headers.get("host", "")
    if _host_name(f"//{host}") not in _allowed_names():
        return False
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site in _SAME_SITE
    return origin is None or urlsplit(origin).netloc == host


def _allowed_names() -> frozenset[str | None]:
    allowed = st.get_option("server.allowedHosts") or _LOOPBACK
    return frozenset(_host_name(f"//{name}") for name in allowed)


def _host_name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


async def _answer_unknown(request: Request) -> Response:  # noqa: ARG001
    return say_sentence(404, "There is no such route.")


async def read_capped(request: Request) -> bytes | None:
    """What was sent; None when it is more than any of our requests."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            return None
    return bytes(body)


def say_sentence(status: int, sentence: str) -> Response:
    """A refusal as a route answers it."""
    return Response(orjson.dumps({"error": sentence}), status_code=status, media_type="application/json")
