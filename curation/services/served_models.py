"""Models that answer elsewhere: behind an address, at the host that tuned them, or of whom only answers are known."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
from sqlalchemy import Connection

from curation.errors import CurationError, StateError
from curation.finetune import PROVIDERS
from curation.finetune.hosted.address import read_address
from curation.finetune.openai_compatible import OpenAICompatible
from curation.hosts.address import read_place, require_safe
from curation.llm.budget import Price
from curation.llm.endpoints import find_key_variable, read_access_to
from curation.llm.offered_models import list_offered
from curation.llm.prices import find_price
from curation.llm.served import Served
from curation.model.people import Actor
from curation.model.values import Json
from curation.services.acts import Act, perform
from curation.services.models import ENDPOINT, HOSTED, RECORDED, ModelView, find_free_name, get_model, list_models
from curation.services.roles import require
from curation.services.workspace import Workspace
from db import models
from db.acts import Deed
from db.models import ModelRecord

Style = Literal["conversation", "router"]
ACT = "launch evaluation"
"""Who may let models answer may name them."""
MOST_CHARACTERS = 200


class Behind(msgspec.Struct, frozen=True):
    """A model behind an address, as somebody names it."""

    address: str
    model: str
    """What its host calls it."""
    is_native: bool = True
    """Whether it is handed tools by the API; otherwise it gets the router's prompt."""
    price: Price | None = None
    """None: as the list of prices has it, if it does."""


def add_endpoint(ws: Workspace, actor: Actor, project_id: str, behind: Behind, *, nonce: str) -> ModelView:
    """Make a model behind an address known to a project; a known one takes the price that is given now.

    Raises:
        JobError: the address is not one that a key may be sent to.
        StateError: no model is named.
    """
    address = behind.address.strip().rstrip("/")
    require_safe(address, "of this model")
    model = _require_name(behind.model, "Choose one that its host lists, or write the name it has there.")
    style: Style = "conversation" if behind.is_native else "router"
    told: dict[str, Json] = {"style": style, "address": address, "model": model}
    price = None if behind.price is None else msgspec.to_builtins(_require_sensible(behind.price))
    name = model if behind.is_native else f"{model}, router prompt"

    def work(act: Act) -> str:
        known = _find_told(act.connection, project_id, told)
        details = told | ({"price": price or (known[1].get("price") if known else None)})
        record = ModelRecord(
            id=known[0].id if known else ws.new_id(),
            project_id=project_id,
            name=known[0].name if known else find_free_name(act.connection, project_id, name),
            base=model,
            kind=ENDPOINT,
            location=model,
            created_at=act.at,
            by=actor.person_id,
            details=msgspec.json.encode(details).decode(),
        )
        return _save(act, record)

    return get_model(ws, perform(ws, actor, ACT, nonce, str, work))


def picture_recorded(ws: Workspace, project_id: str, name: str, *, is_native: bool) -> ModelView:
    """The model that answers from a file belong to: the one of this name, or as it will be once it is added."""
    name = _require_name(name, "Name the model that gave these answers.")
    known = next((one for one in list_models(ws, project_id) if name in (one.id, one.name)), None)
    details: dict[str, Json] = {"style": "conversation" if is_native else "router", "model": name}
    return known or ModelView("", project_id, name, RECORDED, Path(name), Path(name), None, None, ws.now(), details)


def add_recorded(ws: Workspace, actor: Actor, project_id: str, name: str, *, is_native: bool, nonce: str) -> ModelView:
    """Make a model of which only answers are known known to a project; a known one stays as it is."""
    shown = picture_recorded(ws, project_id, name, is_native=is_native)
    if shown.id:
        return shown

    def work(act: Act) -> str:
        record = ModelRecord(
            id=ws.new_id(),
            project_id=project_id,
            name=shown.name,
            base=shown.name,
            kind=RECORDED,
            location=shown.name,
            created_at=act.at,
            by=actor.person_id,
            details=msgspec.json.encode(shown.details).decode(),
        )
        return _save(act, record)

    return get_model(ws, perform(ws, actor, ACT, nonce, str, work))


def serve_model(model: ModelView, environment: Mapping[str, str] = os.environ) -> Served:
    """Where a model that answers elsewhere is asked, and what a token costs there.

    Raises:
        StateError: nothing can be asked of it.
        JobError: the environment does not say where it is.
    """
    if model.kind == ENDPOINT:
        address = str(model.details["address"])
        key_variable = find_key_variable(address, environment)
    elif model.kind == HOSTED:
        address, key_variable = _find_host(model, environment)
    else:
        raise StateError(
            f"The model `{model.name}` cannot be asked.", hint="Only its recorded answers are known; choose another."
        )
    name = model.remote_name or ""
    told = msgspec.convert(model.details.get("price"), Price | None)
    host, _ = read_place(address)
    return Served(address, name, key_variable, model.is_native, told or find_price(host, name))


def find_served_price(model: ModelView) -> Price | None:
    """What a model that answers elsewhere costs, as far as it is known; None for one of this machine."""
    if model.kind not in (ENDPOINT, HOSTED):
        return None
    try:
        return serve_model(model).price
    except CurationError:
        return None


def list_served(actor: Actor, address: str, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The models that the host at an address somebody typed offers, as far as it tells.

    Raises:
        NotAllowedError: a key would leave this machine for somebody who may not have models asked.
        CurationError: it cannot be asked; the sentence says why.
    """
    require(actor, ACT)
    return list_models_at(address, environment)


def list_models_at(address: str, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """As `list_served`, for an address that was set up with this installation."""
    variable = find_key_variable(address, environment)
    return list_offered(read_access_to(address.strip().rstrip("/"), variable, environment), variable)


def require_served(model: ModelView) -> Served:
    """As `serve_model`; raises too where there is no key."""
    served = serve_model(model)
    read_access_to(served.address, served.key_variable)
    return served


def name_key(address: str) -> str:
    """The variable that holds the key to an address; empty where no key may be sent there."""
    try:
        return find_key_variable(address)
    except CurationError:
        return ""


def find_obstacle(model: ModelView) -> str:
    """Why a model that answers elsewhere cannot be asked now, in a sentence; empty where it can."""
    try:
        require_served(model)
    except CurationError as error:
        return str(error)
    return ""


def _find_host(model: ModelView, environment: Mapping[str, str]) -> tuple[str, str]:
    """Address and key of the host that tuned a model, as its profile names them."""
    name = model.details.get("provider")
    provider = next((one for one in PROVIDERS if one.name == name), None)
    if not isinstance(provider, OpenAICompatible):
        raise StateError(
            f"The model `{model.name}` stays with its host, and nobody knows its address here.",
            hint="Add it by its address, or let it answer there and bring its answers as a file.",
        )
    return read_address(provider.profile, environment), provider.profile.key_variable


def _require_name(name: str, hint: str) -> str:
    name = name.strip()
    if not name or len(name) > MOST_CHARACTERS or not name.isprintable():
        what = "No model is named" if not name else "The name of the model is too long or cannot be printed"
        raise StateError(f"{what}.", hint=hint)
    return name


def _require_sensible(price: Price) -> Price:
    if not (0 <= price.per_million_in < 1e6 and 0 <= price.per_million_out < 1e6):
        raise StateError("A price per million tokens is below zero or no number.", hint="Write what the host asks.")
    return price


def _find_told(
    connection: Connection, project_id: str, told: dict[str, Json]
) -> tuple[ModelRecord, dict[str, Json]] | None:
    """The endpoint of which the same is told already."""
    for one in models.list_models(connection, project_id):
        details: dict[str, Json] = msgspec.json.decode(one.details) if one.kind == ENDPOINT else {}
        if details and all(details.get(key) == value for key, value in told.items()):
            return one, details
    return None


def _save(act: Act, record: ModelRecord) -> str:
    models.save_model(act.connection, record)
    act.note(Deed(record.id, after=record.name, project_id=record.project_id))
    return record.id


__all__ = [
    "Behind",
    "Price",
    "add_endpoint",
    "add_recorded",
    "find_obstacle",
    "find_served_price",
    "list_models_at",
    "list_served",
    "name_key",
    "picture_recorded",
    "require_served",
    "serve_model",
]
