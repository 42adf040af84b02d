"""MCP servers that a lead has allowed for a project, and their tools fetched from one of them.

Nothing is allowed at first, and a server is named, never given by address: what runs or is called is only what a lead
has written down.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import selectors
import shlex
import signal
import subprocess
import time
from typing import IO
from urllib.parse import urlsplit

import msgspec
import psutil
from sqlalchemy import Connection

from curation.errors import NotFoundError, UnreadableError
from curation.model.people import Actor
from curation.model.values import Json
from curation.processes.environment import listed_environment, module_command
from curation.services.acts import Act, perform
from curation.services.projects import need_project
from curation.services.roles import require
from curation.services.workspace import Workspace
from db.acts import Deed
from db.project_settings import read_setting, write_setting

SETTING = "tool_servers"
TIMEOUT_S = 30.0
MAX_BYTES = 32_000_000
TOKEN_PREFIX = "CALLWRIGHT_MCP_"  # noqa: S105 - a name, not a token
"""Only variables that somebody named for this are ever sent to a server: the app holds other secrets as well."""
_VARIABLE = re.compile(rf"{TOKEN_PREFIX}[A-Z0-9_]{{1,80}}")
_TARGET_LENGTH = 4_000
_PASSED_ON = ("HOME", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE")


class ToolServer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One allowed server: an address, or a command that starts it."""

    name: str
    url: str = ""
    command: tuple[str, ...] = ()
    token_variable: str = ""
    """The environment variable of the app, `CALLWRIGHT_MCP_…`, that holds the token; empty: none is sent."""

    @property
    def target(self) -> str:
        """What is called or run, as a person reads it."""
        return self.url or shlex.join(self.command)


def list_servers(ws: Workspace, project_id: str) -> tuple[ToolServer, ...]:
    """By name."""
    with ws.reading() as connection:
        return _read(connection, project_id)


def allow_server(
    ws: Workspace, actor: Actor, project_id: str, name: str, target: str, *, token_variable: str = "", nonce: str
) -> tuple[ToolServer, ...]:
    """Allow one more server, or another target for a known name; an `http` address, else a command."""
    wanted = _make_server(name, target, token_variable)

    def work(act: Act) -> str:
        project = need_project(act.connection, project_id)
        known = {one.name: one for one in _read(act.connection, project.id)}
        before = known.get(wanted.name)
        _write(act.connection, project.id, known | {wanted.name: wanted})
        act.note(Deed(project.id, before.target if before else None, f"{wanted.name}: {wanted.target}", project.id))
        return project.id

    return list_servers(ws, perform(ws, actor, "allow tool server", nonce, str, work))


def forget_server(ws: Workspace, actor: Actor, project_id: str, name: str, *, nonce: str) -> tuple[ToolServer, ...]:
    """Allow a server no longer; the tools that came from it stay."""

    def work(act: Act) -> str:
        project = need_project(act.connection, project_id)
        known = {one.name: one for one in _read(act.connection, project.id)}
        before = _need(known, name)
        _write(act.connection, project.id, {key: one for key, one in known.items() if key != name})
        act.note(Deed(project.id, f"{name}: {before.target}", None, project.id))
        return project.id

    return list_servers(ws, perform(ws, actor, "allow tool server", nonce, str, work))


def fetch_tools(ws: Workspace, actor: Actor, project_id: str, name: str, *, timeout_s: float = TIMEOUT_S) -> bytes:
    """The `tools/list` of an allowed server, as the bytes of a file.

    Raises:
        UnreadableError: the server cannot be reached, is too slow, or says too much.
    """
    require(actor, "import tools")
    server = _need({one.name: one for one in list_servers(ws, project_id)}, name)
    _require_safe(server)
    order: dict[str, Json] = {"command": list(server.command)} if server.command else {"url": server.url}
    answer = _ask(server, order | {"token_variable": server.token_variable}, timeout_s)
    if "error" in answer:
        raise UnreadableError(
            f"The server `{name}` gave no tools: {answer['error']}.", hint=f"It was asked at {server.target}."
        )
    return msgspec.json.encode({"tools": answer.get("tools")})


def _ask(server: ToolServer, order: dict[str, Json], timeout_s: float) -> dict[str, Json]:
    """Run the client in a process group of its own, which ends with the deadline whatever the server does."""
    also = (server.token_variable,) if server.token_variable else ()
    process = subprocess.Popen(
        module_command("curation.toolkits.mcp_live"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=listed_environment(*_PASSED_ON, *also),
        start_new_session=True,
    )
    try:
        said = _talk(server, process, msgspec.json.encode(order), time.monotonic() + timeout_s)
    except TimeoutError as error:
        raise UnreadableError(
            f"The server `{server.name}` did not answer within {timeout_s:g} seconds.", hint="Try again later."
        ) from error
    finally:
        _end(process)
    return _decode(server, said)


def _talk(server: ToolServer, process: subprocess.Popen[bytes], order: bytes, until: float) -> bytes:
    """Hand the order over and read the answer, no more of it than is allowed."""
    order_in, answer_out = process.stdin, process.stdout
    if order_in is None or answer_out is None:
        raise RuntimeError("the client was started without its pipes")
    with contextlib.suppress(BrokenPipeError):
        order_in.write(order)
        order_in.close()
    said = bytearray()
    with selectors.DefaultSelector() as waiting:
        waiting.register(answer_out, selectors.EVENT_READ)
        while (left := until - time.monotonic()) > 0:
            if not waiting.select(left):
                continue
            chunk = os.read(answer_out.fileno(), 1 << 16)
            if not chunk:
                return bytes(said)
            said += chunk
            if len(said) > MAX_BYTES:
                raise UnreadableError(
                    f"The server `{server.name}` lists more than {MAX_BYTES // 1_000_000} MB of tools."
                )
    raise TimeoutError


def _end(process: subprocess.Popen[bytes]) -> None:
    """The client and whatever it started: a command stands in a session of its own, so its group is not enough."""
    try:
        started = psutil.Process(process.pid).children(recursive=True)
    except psutil.Error:
        started = []
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for child in started:
        with contextlib.suppress(psutil.Error):
            child.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        _close(pipe)


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with contextlib.suppress(BrokenPipeError):
            pipe.close()


def _decode(server: ToolServer, said: bytes) -> dict[str, Json]:
    try:
        answer = msgspec.json.decode(said)
    except msgspec.DecodeError as error:
        raise UnreadableError(
            f"The server `{server.name}` could not be asked: its client ended without an answer."
        ) from error
    return answer if isinstance(answer, dict) else {}


def _make_server(name: str, target: str, token_variable: str) -> ToolServer:
    name, target, variable = " ".join(name.split()), target.strip(), token_variable.strip()
    if not name or len(name) > 60:
        raise UnreadableError("A server needs a name of at most 60 characters.", hint="Type one such as `github`.")
    if len(target) > _TARGET_LENGTH:
        raise UnreadableError(f"The address or command is longer than {_TARGET_LENGTH:,} characters.")
    if target.lower().startswith(("http://", "https://")):
        server = ToolServer(name, url=_checked_address(target), token_variable=variable)
        _require_safe(server)
        return server
    if "://" in target:
        raise UnreadableError(f"The address {target} is neither http nor https.")
    try:
        command = tuple(shlex.split(target))
    except ValueError as error:
        raise UnreadableError(f"The command cannot be read: {error}.", hint="Close every quote.") from error
    if not command:
        raise UnreadableError("A server needs an address or a command.", hint="Such as https://tools.example/mcp.")
    return ToolServer(name, command=command)


def _checked_address(target: str) -> str:
    try:
        parts = urlsplit(target)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise UnreadableError(f"The address {target[:200]} has no host.", hint="Such as https://tools.example/mcp.")
    if parts.username or parts.password:
        raise UnreadableError(
            "An address must hold no password.", hint="Name the environment variable that holds the token."
        )
    return target


def _require_safe(server: ToolServer) -> None:
    """Refuse what would give a secret away; asked at every fetch, since older settings knew fewer rules."""
    variable, parts = server.token_variable, urlsplit(server.url)
    if variable and not _VARIABLE.fullmatch(variable):
        raise UnreadableError(
            f"No environment variable with the token of `{server.name}` is named so: it begins with {TOKEN_PREFIX}.",
            hint=f"Set one such as {TOKEN_PREFIX}GITHUB for the app; never type the token itself.",
        )
    if variable and parts.scheme.lower() == "http" and not _is_loopback(parts.hostname or ""):
        raise UnreadableError(
            "A token is sent over https only, but for servers on this machine.", hint="Use the https address."
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _need(known: dict[str, ToolServer], name: str) -> ToolServer:
    if name not in known:
        names = ", ".join(f"`{one}`" for one in known) or "none yet"
        raise NotFoundError(
            f"The server `{name}` is not allowed here.", hint=f"A lead allows servers; so far: {names}."
        )
    return known[name]


def _read(connection: Connection, project_id: str) -> tuple[ToolServer, ...]:
    text = read_setting(connection, project_id, SETTING)
    return msgspec.json.decode(text, type=tuple[ToolServer, ...]) if text else ()


def _write(connection: Connection, project_id: str, servers: dict[str, ToolServer]) -> None:
    write_setting(connection, project_id, SETTING, [servers[name] for name in sorted(servers)])
