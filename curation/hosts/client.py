"""OpenAI's client as we use it: it repeats nothing, follows nowhere, and says only what is meant for this host."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING, Any

from curation.errors import MissingPackageError
from curation.hosts.address import Access, is_here, read_place
from curation.hosts.hanging_up import HangUp

if TYPE_CHECKING:
    import httpx2
    import openai

CONNECT_S = 5.0
_USUAL_HEADERS = frozenset(
    {
        "host",
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "transfer-encoding",
        "user-agent",
        # The client looks for it in the request when the answer is there, to hand the answer over unread.
        "x-stainless-raw-response",
    }
)


def open_client(
    title: str,
    access: Access,
    transport: httpx2.BaseTransport | None,
    answer_s: float,
    headers: Collection[str] = (),
    hang_up: HangUp | None = None,
) -> openai.OpenAI:
    """The client of one host.

    Args:
        title: what the host is called.
        access: where it is, and the key.
        transport: what carries the requests; None: the network.
        answer_s: how long a whole answer may take.
        headers: those it has a use for beyond the usual ones.
        hang_up: what can end its requests while they are under way.
    """
    try:
        import httpx2
        import openai

        from curation.hosts.bounded import bound
    except ImportError as error:
        needs = f"{title} needs the package `openai`."
        raise MissingPackageError(needs, hint="Run `make run` again.") from error
    host, _ = read_place(access.address)
    http = httpx2.Client(
        transport=transport,
        timeout=timeout(answer_s),
        follow_redirects=False,
        # What goes to this very machine goes past no proxy.
        trust_env=not is_here(host),
        event_hooks={
            "request": [_keep_to_the_point(access, _USUAL_HEADERS | set(headers), hang_up)],
            "response": [partial(bound, whole_s=answer_s)],
        },
    )
    return openai.OpenAI(api_key=access.key, base_url=access.address, max_retries=0, http_client=http)


def _keep_to_the_point(
    access: Access, allowed: Collection[str], hang_up: HangUp | None
) -> Callable[[httpx2.Request], None]:
    """What the environment meant for one host, and what tells about this machine, goes to nobody else."""

    def strip(request: httpx2.Request) -> None:
        for name in [name for name in request.headers if name.lower() not in allowed]:
            del request.headers[name]
        # What is not packed cannot be larger than it looks.
        request.headers["accept-encoding"] = "identity"
        # The environment may name headers for every client, and one of them may be the key of another host.
        request.headers["authorization"] = f"Bearer {access.key}"
        if hang_up is not None:
            request.extensions["trace"] = hang_up.watch

    return strip


def timeout(answer_s: float) -> Any:
    import httpx2

    return httpx2.Timeout(answer_s, connect=CONNECT_S)
