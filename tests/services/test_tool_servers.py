"""MCP servers: asked only when a lead has allowed them, through a real server on loopback, never for ever."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import pytest

from curation.errors import NotAllowedError, NotFoundError, UnreadableError
from curation.services import second_looks, tool_importing, tool_servers
from curation.toolkits.mcp_live import require_open
from db.acts import walk_audit
from db.project_settings import write_setting
from tests.shop_rows import Desk

SERVER = Path(__file__).with_name("mcp_server.py")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """An independent server of the official package on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(SERVER), "http", str(port)], stderr=subprocess.DEVNULL)
    for _ in range(150):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
            break
        except OSError:
            time.sleep(0.1)
    yield f"http://127.0.0.1:{port}/mcp"
    process.kill()
    process.wait()


def allow(desk: Desk, name: str, target: str) -> None:
    tool_servers.allow_server(desk.ws, desk.actor, desk.project_id, name, target, nonce=desk.ws.new_id())


def test_nothing_is_allowed_at_first(desk: Desk) -> None:
    assert tool_servers.list_servers(desk.ws, desk.project_id) == ()
    with pytest.raises(NotFoundError, match="not allowed"):
        tool_servers.fetch_tools(desk.ws, desk.actor, desk.project_id, "http://127.0.0.1:1/mcp")


def test_all_pages_of_a_server_come_in(desk: Desk, address: str) -> None:
    allow(desk, "orders", address)
    data = tool_servers.fetch_tools(desk.ws, desk.actor, desk.project_id, "orders")
    preview = tool_importing.preview_import(desk.ws, desk.project_id, "orders", data)
    assert preview.form == "mcp"
    assert [line.name for line in preview.lines] == ["search_orders", "cancel_order"]
    search, cancel = (line.tool for line in preview.lines)
    assert (search.side_effect, cancel.side_effect, cancel.idempotent) == ("read", "destructive", True)
    assert search.result_schema is not None
    assert '"default":null' in search.definition.text


def test_a_command_is_run_only_as_the_lead_wrote_it(desk: Desk) -> None:
    allow(desk, "orders", f"{sys.executable} '{SERVER}' stdio")
    data = tool_servers.fetch_tools(desk.ws, desk.actor, desk.project_id, "orders")
    assert [tool["name"] for tool in msgspec.json.decode(data)["tools"]] == ["search.orders", "cancel_order"]


def test_a_server_that_hangs_is_ended_with_its_child(desk: Desk) -> None:
    mark = uuid.uuid4().hex
    allow(desk, "slow", f"{sys.executable} '{SERVER}' hang {mark}")
    began = time.monotonic()
    with pytest.raises(UnreadableError, match="did not answer within 2 seconds"):
        tool_servers.fetch_tools(desk.ws, desk.actor, desk.project_id, "slow", timeout_s=2)
    assert time.monotonic() - began < 6
    left = [one for one in psutil.process_iter(["cmdline"]) if mark in (one.info["cmdline"] or ())]
    assert psutil.wait_procs(left, timeout=5)[1] == []  # A busy machine takes a moment to bury what was killed.


def test_a_server_that_is_not_there_is_one_sentence(desk: Desk) -> None:
    allow(desk, "gone", "http://127.0.0.1:9/mcp")
    with pytest.raises(UnreadableError) as raised:
        tool_servers.fetch_tools(desk.ws, desk.actor, desk.project_id, "gone")
    assert "The server `gone` gave no tools" in str(raised.value)
    assert "Traceback" not in str(raised.value)


def test_a_variable_of_the_app_that_is_no_token_is_never_sent(
    desk: Desk, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server stored under older rules is asked no more."""
    monkeypatch.setenv("SECRET_OF_THE_APP", "secret")
    allow(desk, "orders", address)
    with desk.ws.unit() as unit:
        old = tool_servers.ToolServer("orders", url=address, token_variable="SECRET_OF_THE_APP")
        write_setting(unit.connection, desk.project_id, tool_servers.SETTING, [old])
        unit.commit()
    with pytest.raises(UnreadableError, match="begins with CALLWRIGHT_MCP_"):
        tool_servers.fetch_tools(desk.ws, desk.actor, desk.project_id, "orders")


def test_a_token_goes_to_a_server_on_this_machine(desk: Desk, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLWRIGHT_MCP_ORDERS", "token")
    tool_servers.allow_server(
        desk.ws, desk.actor, desk.project_id, "orders", address, token_variable="CALLWRIGHT_MCP_ORDERS", nonce="n"
    )
    assert b"cancel_order" in tool_servers.fetch_tools(desk.ws, desk.actor, desk.project_id, "orders")


@pytest.mark.parametrize("host", ["2852039166", "[fe80::1]", "[::ffff:169.254.169.254]"])
def test_however_a_link_local_address_is_written_it_is_known(host: str) -> None:
    with pytest.raises(ValueError, match="link-local"):
        require_open(f"http://{host}/latest")


def test_a_link_local_address_is_not_asked(desk: Desk) -> None:
    allow(desk, "cloud", "http://169.254.169.254/latest")
    with pytest.raises(UnreadableError, match="link-local"):
        tool_servers.fetch_tools(desk.ws, desk.actor, desk.project_id, "cloud")


def test_a_server_that_says_too_much_is_cut_short(desk: Desk, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool_servers, "MAX_BYTES", 100)
    allow(desk, "orders", address)
    with pytest.raises(UnreadableError, match="lists more than"):
        tool_servers.fetch_tools(desk.ws, desk.actor, desk.project_id, "orders")


def test_only_a_lead_allows_and_every_change_is_audited(desk: Desk) -> None:
    expert = msgspec.structs.replace(desk.actor, roles=frozenset({"expert"}))
    with pytest.raises(NotAllowedError):
        tool_servers.allow_server(desk.ws, expert, desk.project_id, "x", "https://tools.example/mcp", nonce="n1")
    allow(desk, "x", "https://tools.example/mcp")
    tool_servers.forget_server(desk.ws, desk.actor, desk.project_id, "x", nonce="n2")
    assert tool_servers.list_servers(desk.ws, desk.project_id) == ()
    with desk.ws.reading() as connection:
        acts = [one for one in walk_audit(connection) if one.act == "allow tool server"]
    assert [(one.before, one.after) for one in acts] == [
        (None, "x: https://tools.example/mcp"),
        ("x: https://tools.example/mcp", None),
    ]


def test_other_settings_of_the_project_stay(desk: Desk) -> None:
    second_looks.set_share(desk.ws, desk.actor, desk.project_id, 20, nonce="share")
    allow(desk, "x", "https://tools.example/mcp")
    second_looks.set_share(desk.ws, desk.actor, desk.project_id, 30, nonce="share 2")
    assert [one.name for one in tool_servers.list_servers(desk.ws, desk.project_id)] == ["x"]


@pytest.mark.parametrize(
    ("name", "target", "token", "words"),
    [
        ("", "https://a.example", "", "needs a name"),
        ("x", "", "", "address or a command"),
        ("x", "ftp://a.example", "", "neither http nor https"),
        ("x", "https://", "", "no host"),
        ("x", "https://me:secret@a.example", "", "no password"),
        ("x", "run 'it", "", "cannot be read"),
        ("x", "https://a.example", "not a name", "environment variable"),
        ("x", "https://a.example", "AWS_SECRET_ACCESS_KEY", "begins with CALLWRIGHT_MCP_"),
        ("x", "http://a.example", "CALLWRIGHT_MCP_X", "https only"),
        ("x", f"run {'a' * 4_000}", "", "longer than"),
    ],
)
def test_what_cannot_be_allowed_is_one_sentence(desk: Desk, name: str, target: str, token: str, words: str) -> None:
    with pytest.raises(UnreadableError, match=words) as raised:
        tool_servers.allow_server(desk.ws, desk.actor, desk.project_id, name, target, token_variable=token, nonce="n")
    assert "secret" not in str(raised.value)
