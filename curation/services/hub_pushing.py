"""A frozen version sent to a hub of datasets, only after somebody has said yes to just that.

The token is read from the environment when it is needed; it is never stored, shown or logged. Which hub it goes to is
set where the app is started, not on the page.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec

from curation.errors import CurationError, MissingPackageError, StateError, UnwritableError
from curation.formats.options import PLAIN, Options
from curation.hosts.address import host_of, is_here, read_place, require_safe
from curation.model.people import Actor
from curation.model.states import Portion
from curation.processes.environment import listed_environment, module_command
from curation.services.acts import Act, find_done, perform
from curation.services.data_card import CARD
from curation.services.exporting import ALL_SPLITS, export_dataset
from curation.services.manifests import Manifest
from curation.services.roles import require
from curation.services.workspace import Workspace
from db.acts import Deed

URL_VARIABLE, TOKEN_VARIABLE = "CALLWRIGHT_HUB_URL", "CALLWRIGHT_HUB_TOKEN"
DEFAULT_URL = "https://huggingface.co"
README = "README.md"
TIMEOUT_S = 1_800.0
_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
_PASSED_ON = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE")
_QUIET = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}


class Hub(msgspec.Struct, frozen=True):
    """Where a push would go, and whether it could."""

    url: str
    has_token: bool

    @property
    def host(self) -> str:
        """Its name, with its port where one is given: never what stands before it."""
        return host_of(self.url).rpartition("@")[2]


class Pushed(msgspec.Struct, frozen=True):
    """What was sent."""

    repo: str
    url: str
    commit: str
    files: tuple[str, ...]


def read_hub() -> Hub:
    """The hub that the environment names; its token is only looked for."""
    url = os.environ.get(URL_VARIABLE, "").strip().rstrip("/") or DEFAULT_URL
    return Hub(url, bool(os.environ.get(TOKEN_VARIABLE)))


def push_export(
    ws: Workspace,
    actor: Actor,
    dataset_id: str,
    format_name: str,
    repo: str,
    *,
    agreed_to: str,
    private: bool = True,
    splits: Sequence[Portion | str] = ALL_SPLITS,
    options: Options = PLAIN,
    allow_errors: bool = False,
    nonce: str,
    timeout_s: float = TIMEOUT_S,
) -> Pushed:
    """Export into a folder of its own and send it as one commit.

    Args:
        repo: `owner/name` on the hub; made when it is not there.
        agreed_to: the `owner/name` that a person has said yes to; anything else sends nothing.
        private: whether only its owner may read it; a public one that is there already is then refused.
        timeout_s: how long the upload may take.

    Raises:
        JobError: the hub's address is none that a token may be sent to.
        StateError: nobody said yes, there is no token, or the repository is public and was to be private.
        MissingPackageError: the hub's client is not installed.
        UnwritableError: the hub could not be reached or refused it.
    """
    require(actor, "push to hub")
    wanted, hub = _need_repo(repo, agreed_to), read_hub()
    _require_hub(hub)
    if done := find_done(ws, actor, "push to hub", nonce, Pushed):
        return done
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "rows")
        folder.mkdir()
        export = partial(export_dataset, splits=splits, options=options, allow_errors=allow_errors, card=True)
        manifest = export(ws, actor, dataset_id, format_name, folder)
        _put_readme(folder, manifest)
        files = tuple(sorted(path.name for path in folder.iterdir()))
        message = f"Dataset version {manifest.dataset} as {manifest.format}"
        _note(ws, actor, f"{nonce}.begun", dataset_id, f"{hub.host} {wanted}: begun")
        sent = _upload(hub, wanted, folder, message, Path(name), private=private, timeout_s=timeout_s)
    pushed = Pushed(wanted, sent.url or f"{hub.url}/datasets/{wanted}", sent.commit, files)

    def work(act: Act) -> Pushed:
        act.note(Deed(dataset_id, after=f"{hub.host} {wanted}@{pushed.commit}"))
        return pushed

    return perform(ws, actor, "push to hub", nonce, Pushed, work)


def _need_repo(repo: str, agreed_to: str) -> str:
    wanted = repo.strip()
    if not _REPO.fullmatch(wanted) or ".." in wanted or "--" in wanted:
        raise CurationError(
            "A repository is named `owner/name`.", hint="Letters, digits, `-`, `_` and `.` may be in it."
        )
    if agreed_to != wanted:
        raise StateError("Nothing was sent: nobody has said yes to this repository.", hint="Confirm its name first.")
    return wanted


def _require_hub(hub: Hub) -> None:
    scheme, host = hub.url.partition("://")[0].lower(), read_place(hub.url)[0]
    if scheme != "https" and not (scheme == "http" and is_here(host)):
        raise StateError(f"The address in {URL_VARIABLE} is not `https`.", hint="A token never travels in the open.")
    require_safe(hub.url, f"in {URL_VARIABLE}")  # What stands in it is written down: no password may.
    if not hub.has_token:
        raise StateError(
            "There is no token for the hub.",
            hint=f"Set {TOKEN_VARIABLE} where Callwright is started, and start it again.",
        )


def _put_readme(folder: Path, manifest: Manifest) -> None:
    """The card is what the hub shows, unless the format has a page of its own for its loader."""
    if (folder / README).exists():
        return
    files = "\n".join(f"  - split: {file.split}\n    path: {file.name}" for file in manifest.files if file.rows)
    head = f"---\nconfigs:\n- config_name: default\n  data_files:\n{files}\n---\n\n" if files else ""
    (folder / README).write_text(head + (folder / CARD).read_text(encoding="utf-8"), encoding="utf-8")


class Answer(msgspec.Struct, frozen=True):
    """What the uploading process says: a commit, or an error and its kind."""

    commit: str = ""
    url: str = ""
    error: str = ""
    kind: str = ""


def _upload(hub: Hub, repo: str, folder: Path, message: str, cache: Path, *, private: bool, timeout_s: float) -> Answer:
    order = {
        "url": hub.url,
        "repo": repo,
        "private": private,
        "folder": str(folder),
        "message": message,
        "token_variable": TOKEN_VARIABLE,
    }
    home = {"HF_HOME": str(cache), "HOME": str(cache)}
    environment = listed_environment(*_PASSED_ON, TOKEN_VARIABLE) | _QUIET | home
    answer = run_upload(msgspec.json.encode(order), environment, timeout_s)
    if answer.kind == "missing":
        raise MissingPackageError("Sending to a hub needs the package `huggingface_hub`.")
    if answer.kind == "public":
        raise StateError(f"Nothing was sent: {answer.error}.", hint="Choose another name, or let it be public.")
    if answer.error:
        words = f"The hub at {hub.host} did not take it: {answer.error}."
        raise UnwritableError(words, hint="Look at the token and the name.")
    return answer


def run_upload(order: bytes, environment: dict[str, str], timeout_s: float) -> Answer:
    """The uploading process in a group of its own, which ends with the deadline whatever the hub does."""
    process = subprocess.Popen(
        module_command("curation.processes.hub_upload"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(order, timeout=timeout_s)
    except subprocess.TimeoutExpired as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise UnwritableError(
            f"The upload was not done within {timeout_s:g} seconds.", hint="Try again later."
        ) from error
    try:
        return msgspec.json.decode(said, type=Answer)
    except msgspec.DecodeError as error:
        raise UnwritableError("The upload ended without an answer.", hint="Try again.") from error


def _note(ws: Workspace, actor: Actor, nonce: str, dataset_id: str, what: str) -> None:
    def work(act: Act) -> None:
        act.note(Deed(dataset_id, after=what))

    perform(ws, actor, "push to hub", nonce, type(None), work)
