"""Where a cluster is and the token to it, read from the environment each time and written nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from curation.errors import JobError
from curation.hosts import address as hosts

ADDRESS_VARIABLE = "CALLWRIGHT_RAY_ADDRESS"
PYTHON_VARIABLE = "CALLWRIGHT_RAY_PYTHON"
"""The interpreter on the cluster that has Callwright and the training packages."""
TOKEN_VARIABLE = "RAY_AUTH_TOKEN"  # noqa: S105 - the names under which Ray itself reads it
TOKEN_FILE_VARIABLE = "RAY_AUTH_TOKEN_PATH"  # noqa: S105
USUAL_TOKEN_FILE = Path(".ray") / "auth_token"
USUAL_PYTHON = "python3"
ANSWER_S = 20.0
"""How long an answer may take."""
AGAIN = "where Callwright is started, and start it again."


class Access(hosts.Access, frozen=True):
    """An address with its token, and what runs a worker there."""

    python: str = USUAL_PYTHON

    @property
    def is_here(self) -> bool:
        """Whether nobody but this machine can reach it."""
        return hosts.is_here(urlsplit(self.address).hostname or "")


def read_access(environment: Mapping[str, str]) -> Access:
    """What the environment says.

    Raises:
        JobError: there is no address, or no token for one that others can reach too.
    """
    address = environment.get(ADDRESS_VARIABLE, "").strip()
    if not address:
        raise JobError(
            "There is no address of a Ray cluster.",
            hint=f"Set {ADDRESS_VARIABLE}, such as http://127.0.0.1:8265, {AGAIN}",
        )
    python = environment.get(PYTHON_VARIABLE, "").strip() or USUAL_PYTHON
    access = Access(_require_plain(address), read_token(environment), python)
    if not access.is_here and not access.key:
        raise JobError(
            f"There is no token for the Ray cluster at {access.host}, and without one anybody who reaches it runs code "
            "there.",
            hint=f"Start the cluster with RAY_AUTH_MODE=token and set its token in {TOKEN_VARIABLE} {AGAIN}",
        )
    return access


def read_token(environment: Mapping[str, str]) -> str:
    """From where Ray's own tools take it: a variable, a file that is named, or the usual one."""
    told = environment.get(TOKEN_VARIABLE, "").strip()
    if told:
        return hosts.require_printable(told, f"The token in {TOKEN_VARIABLE}")
    named = environment.get(TOKEN_FILE_VARIABLE, "").strip()
    path = Path(named) if named else Path(environment.get("HOME", "/nowhere")) / USUAL_TOKEN_FILE
    try:
        return hosts.require_printable(path.read_text(encoding="utf-8").strip(), f"The token in {path}")
    except (OSError, UnicodeDecodeError) as error:
        if named:
            raise JobError(
                f"The token's file {named} cannot be read.", hint=f"Look at {TOKEN_FILE_VARIABLE}."
            ) from error
        return ""


def _require_plain(address: str) -> str:
    try:
        parts = urlsplit(address)
        is_plain = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_plain = False
    if not is_plain or parts.username is not None or parts.query or parts.fragment:
        raise JobError(
            f"The address in {ADDRESS_VARIABLE} is not one of a Ray dashboard.",
            hint="It looks like http://127.0.0.1:8265 and holds neither a name and password nor a question mark.",
        )
    return address.rstrip("/")
