"""A host as one dated TOML file: where it is, what it takes, what it costs, when it ends."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from curation.finetune.contract import Note, Price
from curation.model.parameter import Parameter
from curation.model.values import Json

FOLDER = Path(__file__).parent / "profiles"
Mark = Literal["metadata", "suffix", "file_name"]
Part = Literal["model", "learn_from", "hyperparameters", "dpo", "body", "extra", "shape"]
"""Where a value goes: `learn_from` names the method, `dpo` is a hyperparameter of that method alone, and `shape` says
where the settings stand."""


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last day on which something is to be had."""

    date: date
    text: str
    source: str
    read: str


class KnownModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A base model of which a price or an end was read somewhere."""

    name: str
    price: Price | None = None
    ends: End | None = None


class Preferences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That a host learns from pairs, by `method: {type: dpo}`, and how it wants them."""

    row_format: str
    models: tuple[str, ...]
    """The base models of which it was read."""
    source: str
    date: str
    answer_turns_most: int | None = None
    """How many turns an answer of a pair may have; None: as many as it takes."""


class Knob(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A parameter of the form, and where it goes in the order."""

    name: str
    title: str
    kind: Literal["integer", "number", "text", "choice", "switch"]
    default: Json
    why: str = ""
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    longest: int | None = None
    part: Part = "hyperparameters"
    sent_as: str = ""
    left_out: Json = None
    """The value that means: say nothing about it."""
    expected: float | None = None
    """What the host is likely to choose when nothing is said; for estimates only."""

    @property
    def parameter(self) -> Parameter:
        return Parameter(
            self.name, self.title, self.kind, self.default, self.why, self.choices, low=self.low, high=self.high
        )


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One host, or one kind of host whose address somebody sets."""

    title: str
    about: str
    key_variable: str
    target: str
    row_format: str
    knobs: tuple[Knob, ...]
    address: str = ""
    address_variable: str = ""
    """The environment variable with the address, where the host has none of its own."""
    address_end: str = ""
    """What the address must end with; added where it is missing."""
    marks: tuple[Mark, ...] = ("metadata", "file_name")
    """Where the launch id travels, so that a job can be found again."""
    filters_by_metadata: bool = False
    headers: tuple[str, ...] = ()
    """Headers of the client that this host has a use for, beyond the usual ones."""
    ends: tuple[End, ...] = ()
    preferences: Preferences | None = None
    """None: nothing was read of this host about pairs."""
    prices_page: str = ""
    """Where the host says what training costs."""
    models: tuple[KnownModel, ...] = ()
    notes: tuple[Note, ...] = ()
    name: str = ""
    """The file's name, filled by the loader."""

    @property
    def offer(self) -> str:
        """The title as it is offered: with the day it ends."""
        first = min((end.date for end in self.ends), default=None)
        return f"{self.title}, until {first.day} {first:%B %Y}" if first else self.title

    def find_model(self, name: str) -> KnownModel | None:
        return next((one for one in self.models if one.name == name), None)

    def knob_of(self, part: Part) -> Knob | None:
        return next((one for one in self.knobs if one.part == part), None)


def load_profile(path: Path) -> Profile:
    """Read one strictly: a misspelt key stops the start instead of being ignored."""
    profile = msgspec.toml.decode(path.read_bytes(), type=Profile)
    return msgspec.structs.replace(profile, name=path.stem)
