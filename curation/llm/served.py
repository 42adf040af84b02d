"""One model behind an address that speaks OpenAI's chat API: where it is, how it is asked, and what it costs."""

from __future__ import annotations

import os
from collections.abc import Mapping

import msgspec

from curation.llm.budget import Price
from curation.llm.dialect import Dialect
from curation.llm.endpoints import read_access_to
from curation.llm.openai_chat import ANSWER_S, OpenAiChat


class Served(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that asking it takes but the key, of which only the variable is named."""

    address: str
    model: str
    """What its host calls it."""
    key_variable: str
    is_native: bool = True
    """Whether tools are handed over by the API and called through it; otherwise the router's prompt tells of them."""
    price: Price | None = None


def open_served(
    served: Served,
    environment: Mapping[str, str] = os.environ,
    *,
    dialect: Dialect | None = None,
    answer_s: float = ANSWER_S,
) -> OpenAiChat:
    """A client of it; who opens it closes it.

    Raises:
        JobError: the address is not safe to send a key to, or there is no key.
    """
    access = read_access_to(served.address, served.key_variable, environment)
    return OpenAiChat(access, served.model, answer_s=answer_s, key_variable=served.key_variable, dialect=dialect)
