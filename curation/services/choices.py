"""What a person can choose from: formats, providers, base models, drafting strategies."""

from __future__ import annotations

from pathlib import Path

import msgspec

from curation.finetune import PROVIDERS
from curation.finetune.base_models import BaseModel, describe_base, describe_small, ensure_small_model
from curation.formats import FORMATS
from curation.model.parameter import Parameter
from curation.rendering import CheckedRow
from curation.services.workspace import Workspace
from curation.synthesizers import SYNTHESIZERS
from curation.targets import GROUP_TITLES, TARGETS


class ProviderChoice(msgspec.Struct, frozen=True):
    """One way to run a job, with the knobs it declares."""

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    is_hosted: bool = False
    """Whether rows go to a host, which names the base model itself."""


def list_providers() -> tuple[ProviderChoice, ...]:
    """In the order they are offered."""
    return tuple(ProviderChoice(one.name, one.title, one.parameters, one.is_hosted) for one in PROVIDERS)


def list_parameters(provider: str) -> tuple[Parameter, ...]:
    """The knobs of a provider in the order of its form; none of one that is no longer there."""
    return next((one.parameters for one in PROVIDERS if one.name == provider), ())


def readable_formats() -> tuple[str, ...]:
    """Names of the formats a file can be imported from."""
    return tuple(one.name for one in FORMATS)


def writable_formats() -> dict[str, str]:
    """Formats a version can be exported to: name → title."""
    return {one.name: one.title for one in FORMATS if one.write}


def list_targets() -> dict[str, str]:
    """What examples can be judged by, group by group: name → title."""
    return {name: target.title for name, target in TARGETS.items()}


def target_groups() -> dict[str, str]:
    """Name of a target → heading of the group it belongs to."""
    return {name: GROUP_TITLES[target.group] for name, target in TARGETS.items()}


def offline_synthesizer() -> str:
    """Name of the strategy that needs no model."""
    return SYNTHESIZERS[0].name


def small_base(ws: Workspace) -> BaseModel:
    """The small model that comes with Callwright, before its conversion too."""
    return describe_small(ws.home)


def prepare_base(ws: Workspace, folder: Path) -> Path:
    """A base model's folder ready for use: the small model is converted at its first use."""
    return ensure_small_model(ws.home) if folder == describe_small(ws.home).folder else folder


__all__ = [
    "BaseModel",
    "CheckedRow",
    "ProviderChoice",
    "describe_base",
    "list_providers",
    "list_targets",
    "offline_synthesizer",
    "prepare_base",
    "readable_formats",
    "small_base",
    "target_groups",
    "writable_formats",
]
