"""Which models the playground may ask, which one it begins with, and how each of them is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from curation.errors import NotFoundError, StateError
from curation.llm.budget import Price
from curation.llm.contract import ChatClient
from curation.llm.kept_model import Stage
from curation.llm.model_shelf import Asker
from curation.rendering import RowStyle, load_template, needs_router
from curation.services.evaluation_plans import say_no_grammar
from curation.services.models import ENDPOINT, HOSTED, RECORDED, TRAINED, ModelView, get_model, list_models
from curation.services.models_in_use import find_alias
from curation.services.playground_remote import RemoteModel
from curation.services.playground_states import Decoding, Settings
from curation.services.served_models import find_obstacle, serve_model
from curation.services.workspace import Workspace

ELSEWHERE = (ENDPOINT, HOSTED)


class Reached(msgspec.Struct, frozen=True):
    """A model ready to be asked."""

    client: ChatClient
    style: RowStyle
    price: Price | None = None
    is_elsewhere: bool = False
    """Whether its host holds an answer to a schema, where a grammar does it here."""


class Choice(msgspec.Struct, frozen=True):
    """One model to choose."""

    id: str
    """Empty: the one in production, whichever that is by then."""
    name: str
    note: str
    """What it is, in a word or two; of the one in production, which model that is now."""


def list_choices(ws: Workspace, project_id: str) -> tuple[Choice, ...]:
    """The one in production first, where there is one; then every model that can be asked, newest first."""
    used = find_alias(ws, project_id)
    found = [one for one in list_models(ws, project_id) if _can_be_asked(one)]
    in_use = [one for one in found if used is not None and one.id == used.model.id]
    production = [Choice("", "In production", one.name) for one in in_use]
    return (*production, *(Choice(one.id, one.name, _note(one)) for one in found))


def default_model(ws: Workspace, project_id: str) -> str:
    """The model in production; before there is one, the newest trained one, then any; "" where there is none."""
    used = find_alias(ws, project_id)
    found = [one for one in list_models(ws, project_id) if _can_be_asked(one)]
    first = [one for one in found if used is not None and one.id == used.model.id]
    trained = [one for one in found if one.kind in TRAINED]
    return next((one.id for one in (*first, *trained, *found)), "")


def need_model(ws: Workspace, project_id: str, model_id: str) -> ModelView:
    """The model to ask, with a sentence where it cannot be asked."""
    if not model_id:
        raise StateError("There is no model to ask yet.", hint="Train one, or add one that answers at an address.")
    model = get_model(ws, model_id)
    if model.project_id != project_id:
        raise NotFoundError("That model is of another project.", hint="Choose one of this project.")
    if model.kind == RECORDED:
        raise StateError(f"Of `{model.name}` only recorded answers are known.", hint="Choose another model.")
    if model.is_gone:
        raise StateError(
            f"The files of {model.name} are not on this machine any more.", hint="Choose another model, or bring them."
        )
    return model


def asked_ids(ws: Workspace, project_id: str, settings: Settings) -> tuple[str, ...]:
    """Who is asked: one model, or two side by side; "" where there is none."""
    wanted = [settings.model_id, *([settings.second_id] if settings.second_id is not None else [])]
    return tuple(one or default_model(ws, project_id) for one in wanted)


def need_models(ws: Workspace, project_id: str, settings: Settings) -> tuple[ModelView, ...]:
    """The models to ask.

    Raises:
        StateError: one of them cannot be asked, or both are the same by now.
    """
    models = tuple(need_model(ws, project_id, one) for one in asked_ids(ws, project_id, settings))
    if len({one.id for one in models}) < len(models):
        raise StateError(f"Both models are `{models[0].name}`.", hint="Choose another one beside it, or none.")
    return models


def style_of(model: ModelView) -> RowStyle:
    """How it was trained; a base as its template needs it."""
    if "style" in model.details:
        return "router" if model.details["style"] == "router" else "conversation"
    return "router" if needs_router(load_template(model.location)) else "conversation"


def say_unheld(model: ModelView) -> str:
    """Why this model's answers cannot be held to the tools on offer, as a sentence; empty where they can."""
    style = style_of(model)
    if model.kind in ELSEWHERE and style == "router":
        return ""
    why = say_no_grammar(style)
    return f"Not constrained: {why}" if why else ""


def require_decodings(model: ModelView, decodings: Sequence[Decoding]) -> None:
    """Raises where nothing that is asked for can be done; side by side, the others are answered."""
    why = say_unheld(model)
    if why and tuple(decodings) == ("grammar",):
        raise StateError(why, hint="Choose another decoding.")


def reach(
    ws: Workspace,  # noqa: ARG001
    model: ModelView,
    tell: Callable[[Stage], None] = lambda _stage: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Reached:
    """A client for the model; a model of this machine answers from a process that stays warm."""
    if model.kind in ELSEWHERE:
        served = serve_model(model)
        tell("answering")
        return Reached(RemoteModel(served, should_stop), style_of(model), served.price, is_elsewhere=True)
    style, folder = style_of(model), model.base if model.adapter else model.location
    return Reached(Asker(folder, model.adapter, tell, should_stop), style)


def _can_be_asked(model: ModelView) -> bool:
    if model.kind == HOSTED:
        return not find_obstacle(model)
    return model.kind != RECORDED and not model.is_gone


def _note(model: ModelView) -> str:
    if model.kind == "base":
        return "base"
    return "trained" if model.kind in TRAINED else "behind an address"
