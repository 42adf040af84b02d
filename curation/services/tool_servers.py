"""MCP servers that a lead has allowed for a project, and their tools fetched from one of them.

Nothing is allowed at first, and a server is named, never given by address: what runs or is called is only what a lead
has written down.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import subprocess
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
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_PASSED_ON = ("HOME", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE")


class ToolServer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One allowed server: an address, or a command that starts it."""

    name: str
    url: str = ""
    command: tuple[str, ...] = ()
    token_variable: str = ""
    """The environment variable of the app that holds the token for the address; empty: none is sent."""

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
        said, _ = process.communicate(msgspec.json.encode(order), timeout=timeout_s)
    except subprocess.TimeoutExpired as error:
        raise UnreadableError(
            f"The server `{server.name}` did not answer within {timeout_s:g} seconds.", hint="Try again later."
        ) from error
    finally:
        _end(process)
    return _decode(server, said)


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
    if len(said) > MAX_BYTES:
        raise UnreadableError(f"The server `{server.name}` lists more than {MAX_BYTES // 1_000_000} MB of tools.")
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
    if variable and not _VARIABLE.fullmatch(variable):
        raise UnreadableError(
            f"`{variable}` is no name of an environment variable.", hint="Never type the token itself."
        )
    if target.lower().startswith(("http://", "https://")):
        return ToolServer(name, url=_checked_address(target), token_variable=variable)
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
