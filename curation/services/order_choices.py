"""What an order for candidates can be made of: strategies, kinds of examples, ways of speaking, models to ask."""

from __future__ import annotations

import os
from collections.abc import Mapping

import msgspec

from curation.errors import CurationError
from curation.hosts.address import read_place
from curation.llm.endpoints import (
    ADDRESS_VARIABLE,
    KEY_VARIABLE,
    Description,
    describe,
    list_endpoints,
    recognise,
)
from curation.model.example import HARD_CASES
from curation.model.parameter import Parameter
from curation.producing.drafters import OPENERS
from curation.services.served_models import list_models_at
from curation.services.synthesis_sheets import HOSTED, MOST, SAMPLE, Endpoint, Sheet, Spending
from curation.synthesizers import SYNTHESIZERS, Synthesizer, cells
from curation.synthesizers.contract import Cell, Need, Voice
from curation.synthesizers.schema_driven import DEFAULT_MIX
from curation.synthesizers.voice import LANGUAGES, LENGTHS, personas, tones

SHAPES: Mapping[str, str] = {
    "positive": "one call",
    "parallel": "parallel calls",
    "multi_step": "multi-step",
    "no_tool": "no tool",
    "recovery": "recovery",
    "hard_case": "hard case",
}
"""Category of a cell → its words."""
KINDS: Mapping[str, tuple[str, ...]] = {
    **cells.KINDS,
    "hard_case": HARD_CASES,
}
"""Category → what there is to choose within it."""


class Strategy(msgspec.Struct, frozen=True):
    """One way of drafting, as a person chooses it."""

    name: str
    title: str
    about: str
    needs: frozenset[Need]
    is_mixing: bool
    """Whether it makes shapes by the shares of a mix."""
    shapes: tuple[str, ...]
    """The shapes it makes; empty: any."""
    prompts: tuple[str, ...]
    """Names of the prompts it puts to a model, in the order in which they are first put."""
    parameters: tuple[Parameter, ...]
    is_judged: bool = False
    """Whether the model says what it thinks of each candidate whatever is ordered."""


class ModelChoice(msgspec.Struct, frozen=True):
    """One kind of model that may be asked, and what it is good for."""

    kind: str
    title: str
    good_for: str
    poor_at: str
    cost: str
    """How answers are held to a schema, and what they cost."""
    is_hosted: bool = False
    """Whether it is asked at an address, and somebody may want money for it."""


class Access(msgspec.Struct, frozen=True):
    """What the environment says about the model that is asked; never the key itself."""

    host: str
    """Empty where no address is set."""
    has_key: bool
    port: int | None = None


def list_strategies() -> tuple[Strategy, ...]:
    """In the order they are offered; what needs no model comes first."""
    return tuple(map(_word_strategy, SYNTHESIZERS))


def _word_strategy(one: Synthesizer) -> Strategy:
    prompts = one.asks.prompts if one.asks else ()
    shown = (one.name, one.title, one.about, one.needs, one.mixes, one.shapes, prompts, one.parameters)
    return Strategy(*shown, is_judged=one.is_judged)


def voice_choices() -> dict[str, tuple[str, ...]]:
    """Part of a voice → what there are wordings for without a model."""
    return {"personas": personas(), "tones": tones(), "lengths": tuple(LENGTHS), "languages": tuple(LANGUAGES)}


def list_models(environment: Mapping[str, str] = os.environ) -> tuple[ModelChoice, ...]:
    """The kinds of model this installation can ask; the host is the one whose address is set."""
    address = environment.get(ADDRESS_VARIABLE, "").strip()
    told: dict[str, Description] = {one.kind: describe(one) for one in list_endpoints() if one.kind != HOSTED}
    told[HOSTED] = describe(recognise(address), address=address)
    return tuple(_word_model(one.name, told[one.name]) for one in OPENERS)


def _word_model(kind: str, told: Description) -> ModelChoice:
    return ModelChoice(kind, told.title, told.good_for, told.poor_at, f"{told.schema} {told.cost}", kind == HOSTED)


def read_access(environment: Mapping[str, str] = os.environ) -> Access:
    """Where questions would go, without the parts of an address that may hold a secret; never the key."""
    host, port = read_place(environment.get(ADDRESS_VARIABLE, "").strip())
    return Access(host, bool(environment.get(KEY_VARIABLE, "").strip()), port)


def list_hosted_names(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Names of the models that the host set up here offers; none where it lists none or cannot be asked."""
    address = environment.get(ADDRESS_VARIABLE, "").strip()
    try:
        return list_models_at(address, environment) if address else ()
    except CurationError:
        return ()


def usual_mix() -> dict[str, float]:
    """The shares an order begins with."""
    return dict(DEFAULT_MIX)


__all__ = [
    "ADDRESS_VARIABLE",
    "HOSTED",
    "KEY_VARIABLE",
    "KINDS",
    "MOST",
    "SAMPLE",
    "SHAPES",
    "Access",
    "Cell",
    "Endpoint",
    "ModelChoice",
    "Need",
    "Sheet",
    "Spending",
    "Strategy",
    "Voice",
    "list_hosted_names",
    "list_models",
    "list_strategies",
    "read_access",
    "usual_mix",
    "voice_choices",
]
