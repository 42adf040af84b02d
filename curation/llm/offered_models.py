"""Which models a host offers, as it lists them itself."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from curation.hosts.address import Access
from curation.hosts.client import open_client
from curation.hosts.line import Line
from curation.hosts.reading import read_page, text_of
from curation.llm.endpoints import KEY_VARIABLE
from curation.llm.openai_chat import NO_KEY

if TYPE_CHECKING:
    import httpx2

LIST_S = 4.0
"""Somebody waits for the list with a form open."""
MOST = 1_000
MOST_CHARACTERS = 200
WHAT = "list its models"


def list_offered(
    access: Access,
    key_variable: str = KEY_VARIABLE,
    *,
    transport: httpx2.BaseTransport | None = None,
    answer_s: float = LIST_S,
) -> tuple[str, ...]:
    """Their names, sorted; none where it lists none.

    Raises:
        HostTroubleError: it does not answer, or not with a list.
        HostRefusedError: it says no.
    """
    line = Line(access.host, key_variable, access.key)
    sent = access if access.key else Access(access.address, NO_KEY)
    with closing(open_client(access.host, sent, transport, answer_s)) as client:
        answer = line.ask(WHAT, client.models.with_raw_response.list)
    entries, _ = line.read(read_page, answer, WHAT)
    names = {text_of(one, "id").strip() for one in entries}
    fit = (name for name in names if name and len(name) <= MOST_CHARACTERS and name.isprintable())
    return tuple(sorted(fit, key=str.casefold)[:MOST])
