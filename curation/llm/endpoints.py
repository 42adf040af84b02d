"""What a model may be asked through: kinds of endpoints, what each is good for, and the one that is set up here."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from curation.errors import JobError, NotFoundError
from curation.hosts.address import Access, host_of, is_here, read_key, read_place, require_printable, require_safe
from curation.llm.budget import Price
from curation.llm.prices import find_price

FILE = Path(__file__).with_name("endpoints.toml")
ADDRESS_VARIABLE = "CALLWRIGHT_CHAT_ADDRESS"
KEY_VARIABLE = "CALLWRIGHT_CHAT_KEY"
OTHER = "other"
_NO_NAME = re.compile(r"[^A-Z0-9_]")


class Endpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of endpoint."""

    name: str
    title: str
    good_for: str
    poor_at: str
    schema: str
    """How far its answers are held to a schema."""
    kind: Literal["hosted", "local", "scripted"] = "hosted"
    address: str = ""
    """Where it is usually found."""
    host: str = ""
    """The host by which it is recognised."""
    port: int = 0
    """The port by which it is recognised on this machine."""


class Description(msgspec.Struct, frozen=True):
    """What a screen says of an endpoint before anything is ordered from it."""

    title: str
    good_for: str
    poor_at: str
    schema: str
    cost: str
    place: str = ""
    """The host it is at."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    endpoints: tuple[Endpoint, ...]


@cache
def list_endpoints() -> tuple[Endpoint, ...]:
    """Every kind, in the order it is offered."""
    return msgspec.toml.decode(FILE.read_bytes(), type=_File).endpoints


def get_endpoint(name: str) -> Endpoint:
    """The kind of this name.

    Raises:
        NotFoundError: there is none.
    """
    found = next((one for one in list_endpoints() if one.name == name), None)
    if found is None:
        known = ", ".join(f"`{one.name}`" for one in list_endpoints())
        raise NotFoundError(f"There is no endpoint `{name}`.", hint=f"There are {known}.")
    return found


def recognise(address: str) -> Endpoint:
    """The kind that is usually found at an address."""
    host, port = read_place(address)
    for one in list_endpoints():
        if (one.host and one.host == host) or (one.port and is_here(host) and one.port == port):
            return one
    return get_endpoint(OTHER)


def read_access(environment: Mapping[str, str] = os.environ) -> Access:
    """The address and key set up for drafting. Only who starts the app sets them, so that no order sends a key away.

    Raises:
        JobError: there is no address, or no key for one that is not on this machine.
    """
    address = environment.get(ADDRESS_VARIABLE, "").strip()
    if not address:
        raise JobError(
            "There is no address of a model to draft with.",
            hint=f"Set {ADDRESS_VARIABLE} where Callwright is started (such as http://127.0.0.1:11434/v1), "
            "and start it again.",
        )
    require_safe(address, f"in {ADDRESS_VARIABLE}")
    return _take_key(address, KEY_VARIABLE, environment)


def find_key_variable(address: str, environment: Mapping[str, str] = os.environ) -> str:
    """Which variable holds the key to an address that somebody typed.

    The usual one belongs to the address that is set up here, and any other host has one that bears its name. Only who
    starts the app sets them, so no address that is typed into a form is ever sent the key of another.
    """
    if host_of(environment.get(ADDRESS_VARIABLE, "").strip()) == host_of(address):
        return KEY_VARIABLE
    require_safe(address, "of this model")  # Only plain hosts have a name that no other host has.
    place = host_of(address).upper().replace("-", "__")
    return f"{KEY_VARIABLE}_{_NO_NAME.sub('_', place)}"


def read_access_to(address: str, key_variable: str, environment: Mapping[str, str] = os.environ) -> Access:
    """An address with the key that a variable holds; a server of this machine may do without.

    Raises:
        JobError: it is no address to send a key to, or there is no key.
    """
    require_safe(address, "of this model")
    return _take_key(address, key_variable, environment)


def _take_key(address: str, variable: str, environment: Mapping[str, str]) -> Access:
    if is_here(urlsplit(address).hostname or ""):
        key = environment.get(variable, "").strip()
        return Access(address, require_printable(key, f"The key in {variable}") if key else "")
    return Access(address, read_key(f"the model at {urlsplit(address).netloc}", variable, environment))


def describe(endpoint: Endpoint, model: str = "", *, address: str = "", price: Price | None = None) -> Description:
    """An endpoint in words: what it is good for, what not, and what it costs."""
    host, port = read_place(address)
    known = price or find_price(host, model)
    return Description(
        endpoint.title,
        endpoint.good_for,
        endpoint.poor_at,
        endpoint.schema,
        _word_cost(endpoint, host, known),
        f"{host}:{port}" if port else host,
    )


def asks_for_money(kind: str, host: str) -> bool:
    """Whether somebody may want money for a question; a server on this machine is one's own."""
    return kind == "hosted" and not is_here(host)


def _word_cost(endpoint: Endpoint, host: str, price: Price | None) -> str:
    if price is not None:
        read = f" ({price.source}, {price.date})" if price.source else ""
        return (
            f"A million tokens cost {price.per_million_in:g} {price.currency} asked "
            f"and {price.per_million_out:g} {price.currency} answered{read}."
        )
    if not asks_for_money(endpoint.kind, host):
        return "Nobody asks for money."
    return "What a token costs is not known here: set a budget in requests or tokens, or give the price."
