"""What an order for candidates can be made of: strategies, kinds of examples, ways of speaking, models to ask."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from curation.finetune.environment import PASSED_ON_TO
from curation.model.example import HARD_CASES, NO_TOOL_REASONS, RECOVERY_KINDS
from curation.model.parameter import Parameter
from curation.producing.drafters import OPENERS
from curation.services.synthesis_jobs import KIND
from curation.services.synthesis_sheets import MOST, SAMPLE, Endpoint, Sheet, Spending
from curation.synthesizers import SYNTHESIZERS
from curation.synthesizers.contract import Cell, Need, Voice
from curation.synthesizers.schema_driven import DEFAULT_MIX

ADDRESS, KEY = PASSED_ON_TO[KIND]
"""The variables of the environment that hold the address of the model asked and the key to it."""
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
    "no_tool": NO_TOOL_REASONS,
    "recovery": RECOVERY_KINDS,
    "hard_case": HARD_CASES,
}
"""Category → what there is to choose within it."""


class Strategy(msgspec.Struct, frozen=True):
    """One way of drafting, as a person chooses it."""

    name: str
    title: str
    about: str
    needs: frozenset[Need]
    parameters: tuple[Parameter, ...]


class ModelChoice(msgspec.Struct, frozen=True):
    """One kind of model that may be asked, and what it is good for."""

    kind: str
    title: str
    about: str
    is_paid: bool = False
    """Whether somebody may ask for money, so that a limit must be written down."""


class Access(msgspec.Struct, frozen=True):
    """What the environment says about the model that is asked; never the key itself."""

    host: str
    """Empty where no address is set."""
    has_key: bool


MODELS: tuple[ModelChoice, ...] = (
    ModelChoice("scripted", "A script", "Answers from a script, at once and for nothing: for trying orders out."),
    ModelChoice("local", "A model on this machine", "Small and slow: it rewords well, and invents poorly."),
    ModelChoice("openai_compatible", "A host that speaks OpenAI's API", "As good as the model that answers.", True),
)


def list_strategies() -> tuple[Strategy, ...]:
    """In the order they are offered; what needs no model comes first."""
    return tuple(Strategy(one.name, one.title, one.about, one.needs, one.parameters) for one in SYNTHESIZERS)


def list_models() -> tuple[ModelChoice, ...]:
    """The kinds of model this installation can ask."""
    opened = {one.name for one in OPENERS}
    return tuple(one for one in MODELS if one.kind in opened)


def read_access(environment: Mapping[str, str] = os.environ) -> Access:
    """Where questions would go; the address is shown without what may hold a secret."""
    host = urlsplit(environment.get(ADDRESS, "").strip()).hostname or ""
    return Access(host, bool(environment.get(KEY, "").strip()))


def usual_mix() -> dict[str, float]:
    """The shares an order begins with."""
    return dict(DEFAULT_MIX)


__all__ = [
    "ADDRESS",
    "KEY",
    "KINDS",
    "MOST",
    "SAMPLE",
    "SHAPES",
    "Access",
    "Cell",
    "Endpoint",
    "ModelChoice",
    "Sheet",
    "Spending",
    "Strategy",
    "Voice",
    "list_models",
    "list_strategies",
    "read_access",
    "usual_mix",
]
