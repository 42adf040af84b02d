"""A version sent to a hub: only with somebody's yes, with the token of the environment, as the files of an export."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from curation.errors import CurationError, JobError, MissingPackageError, NotAllowedError, StateError, UnwritableError
from curation.formats.options import Options
from curation.model.people import Actor
from curation.processes.hub_upload import upload
from curation.services import exporting, freezing, hub_pushing
from curation.services.freezing import DatasetView
from tests.services.hub_server import Hub, serve_hub
from tests.shop_rows import Desk, make_example

TOKEN = "hf_0123456789abcdefghij"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with serve_hub(TOKEN) as server:
        monkeypatch.setenv("CALLWRIGHT_HUB_URL", server.url)
        monkeypatch.setenv("CALLWRIGHT_HUB_TOKEN", TOKEN)
        yield server


@pytest.fixture
def frozen(desk: Desk) -> DatasetView:
    rows = [make_example(f"A-{n}00", group=f"g{n}") for n in range(12)]
    desk.bring_in(rows)
    desk.accept_candidates()
    return freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce="freeze")


def push(desk: Desk, frozen: DatasetView, repo: str = "shop/rows", **named: Any) -> hub_pushing.Pushed:
    said: dict[str, Any] = {"agreed_to": repo, "nonce": desk.nonce()} | named
    return hub_pushing.push_export(desk.ws, desk.actor, frozen.id, "openai", repo, **said)


def test_hub_gets_the_files_of_the_export_in_one_private_commit(
    desk: Desk, frozen: DatasetView, hub: Hub, tmp_path: Path
) -> None:
    pushed = push(desk, frozen)
    assert hub.repos == {"shop/rows": True}
    assert hub.commits == ["Dataset version 1 as openai"]
    assert pushed.commit == f"{1:040x}"
    assert pushed.files == tuple(sorted(hub.files))
    manifest = json.loads(hub.files["manifest.json"])
    for file in manifest["files"]:
        assert hashlib.sha256(hub.files[file["name"]]).hexdigest() == file["sha256"]
    exporting.export_dataset(desk.ws, desk.actor, frozen.id, "openai", tmp_path / "again", card=True)
    for path in (tmp_path / "again").iterdir():
        assert hub.files[path.name] == path.read_bytes()
    assert hub.files["README.md"].startswith(b"---\nconfigs:\n")
    assert hub.files["README.md"].endswith(hub.files["card.md"])


def test_nothing_is_asked_without_a_yes_to_this_repository(desk: Desk, frozen: DatasetView, hub: Hub) -> None:
    for agreed_to in ("", "shop/other"):
        with pytest.raises(StateError, match="Nothing was sent"):
            push(desk, frozen, agreed_to=agreed_to)
    assert hub.asked == []


def test_without_a_token_nothing_is_asked(
    desk: Desk, frozen: DatasetView, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CALLWRIGHT_HUB_TOKEN")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with pytest.raises(StateError, match="no token"):
        push(desk, frozen)
    assert hub.asked == []
    assert not hub_pushing.read_hub().has_token


def test_refused_token_is_one_sentence_without_the_token(
    desk: Desk, frozen: DatasetView, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLWRIGHT_HUB_TOKEN", "hf_wrongwrongwrong")
    with pytest.raises(UnwritableError, match="did not take it") as caught:
        push(desk, frozen)
    assert "hf_wrong" not in str(caught.value)
    assert hub.files == {}


def test_token_is_stored_nowhere(desk: Desk, frozen: DatasetView, hub: Hub) -> None:
    push(desk, frozen)
    kept = [path for path in desk.ws.home.rglob("*") if path.is_file()]
    assert kept
    assert all(TOKEN.encode() not in path.read_bytes() for path in kept)
    assert all(TOKEN.encode() not in content for content in hub.files.values())


def test_public_repository_is_not_filled_when_it_was_to_be_private(desk: Desk, frozen: DatasetView, hub: Hub) -> None:
    hub.repos["shop/rows"] = False
    with pytest.raises(StateError, match="everybody can read it"):
        push(desk, frozen)
    assert hub.files == {}
    push(desk, frozen, private=False)
    assert "manifest.json" in hub.files


def test_second_press_of_the_same_button_sends_nothing(desk: Desk, frozen: DatasetView, hub: Hub) -> None:
    first = push(desk, frozen, nonce="one press")
    n_asked = len(hub.asked)
    assert push(desk, frozen, nonce="one press") == first
    assert len(hub.asked) == n_asked


def test_push_is_audited_before_and_after(desk: Desk, frozen: DatasetView, hub: Hub) -> None:
    pushed = push(desk, frozen, options=Options(failed_calls="mask"))
    with desk.ws.reading() as connection:
        rows = (
            connection.execute(text("SELECT after FROM audit WHERE act = 'push to hub' ORDER BY seq")).scalars().all()
        )
    host = hub.url.removeprefix("http://")
    assert rows == [f"{host} shop/rows: begun", f"{host} shop/rows@{pushed.commit}"]


def test_only_a_lead_may_send(desk: Desk, frozen: DatasetView, hub: Hub) -> None:
    expert = Actor(desk.actor.person_id, frozenset({"expert"}))
    with pytest.raises(NotAllowedError):
        hub_pushing.push_export(
            desk.ws, expert, frozen.id, "openai", "shop/rows", agreed_to="shop/rows", nonce=desk.nonce()
        )
    assert hub.asked == []


@pytest.mark.parametrize("repo", ["rows", "a/b/c", "../rows", "shop/ro ws", "shop/..", "-x/y"])
def test_name_that_is_no_repository_is_refused(desk: Desk, frozen: DatasetView, hub: Hub, repo: str) -> None:
    with pytest.raises(CurationError, match="owner/name"):
        push(desk, frozen, repo)
    assert hub.asked == []


@pytest.mark.parametrize("url", ["http://hub.example", "ftp://127.0.0.1"])
def test_token_never_travels_in_the_open(
    desk: Desk, frozen: DatasetView, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("CALLWRIGHT_HUB_URL", url)
    monkeypatch.setenv("CALLWRIGHT_HUB_TOKEN", TOKEN)
    with pytest.raises(StateError, match="not `https`"):
        push(desk, frozen)


def test_password_in_the_address_is_refused_and_written_nowhere(
    desk: Desk, frozen: DatasetView, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLWRIGHT_HUB_URL", hub.url.replace("http://", "http://bob:hunter2@"))
    assert hub_pushing.read_hub().host == hub.url.removeprefix("http://")
    with pytest.raises(JobError, match="in CALLWRIGHT_HUB_URL is not one a key may be sent to") as caught:
        push(desk, frozen)
    assert "hunter2" not in str(caught.value)
    assert hub.asked == []
    with desk.ws.reading() as connection:
        assert not connection.execute(text("SELECT after FROM audit WHERE act = 'push to hub'")).all()


def test_hub_that_says_nothing_is_left_after_the_deadline(desk: Desk, frozen: DatasetView, hub: Hub) -> None:
    hub.is_silent = True
    with pytest.raises(UnwritableError, match="within 2 seconds"):
        push(desk, frozen, timeout_s=2.0)


def test_missing_client_is_said_with_what_to_install(
    desk: Desk, frozen: DatasetView, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)

    def run_here(order: bytes, *_: object) -> object:
        return msgspec.convert(upload(json.loads(order)), hub_pushing.Answer)

    monkeypatch.setattr(hub_pushing, "run_upload", run_here)
    with pytest.raises(MissingPackageError, match="huggingface_hub"):
        push(desk, frozen)
    assert hub.asked == []
