"""What the demo project is made of: numbers that fix it everywhere, and the planted examples."""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

import msgspec

from curation.model.example import Example
from curation.model.reading import Reading
from curation.model.states import Split
from curation.model.values import Json
from curation.reading.rows import read_row
from curation.synthesizers.contract import Cell
from curation.synthesizers.shop import shop_pack

PROJECT = "Shop support desk"
SALT = "callwright demo 2"
KNOBS: dict[str, Json] = {"offer": "all"}
"""A support desk has one prompt."""


class Drafts(msgspec.Struct, frozen=True):
    """One order of examples that version 1 is made of."""

    strategy: str
    count: int
    seed: int
    mix: dict[str, float] = {}
    cells: tuple[Cell, ...] = ()


MIX = {"positive": 0.725, "no_tool": 0.095, "recovery": 0.14, "multi_step": 0.02, "parallel": 0.02}
HARD = (Cell(50, "no_tool", "missing_information"), Cell(30, "no_tool", "cannot_be_done"))
"""What a small model learns last: a value that nobody gave, a tool that is not offered."""
DRAFTS = (Drafts("schema_driven", 1720, 21, MIX), Drafts("schema_driven", 80, 23, cells=HARD))
"""One decision in five wants no tool, recoveries that end without a call included; more would teach to shy away."""
WAITING_SEED = 22
WAITING = 24
"""Candidates left for people to judge, drafted after the freeze."""


class Planted(msgspec.Struct, frozen=True):
    """One example that shows a fault or a state."""

    example: Example
    state: Literal["draft", "submitted", "changes_requested", "rejected"]
    why: str
    comment: str


class _PlantedFile(msgspec.Struct, frozen=True):
    """One element of `planted.json`."""

    state: Literal["draft", "submitted", "changes_requested", "rejected"]
    messages: msgspec.Raw
    why: str = ""
    comment: str = ""


def read_planted() -> tuple[Planted, ...]:
    """The planted examples, each offering all tools of the shop."""
    source = (files("curation.services.demo_assets") / "planted.json").read_bytes()
    return tuple(_plant(entry) for entry in msgspec.json.decode(source, type=list[_PlantedFile]))


def read_splits() -> dict[str, Split]:
    """Group → the split it was drawn into when the demo's run was recorded: its figures are of these test rows."""
    source = (files("curation.services.demo_assets") / "splits.json").read_bytes()
    drawn = msgspec.json.decode(source, type=dict[Split, list[str]])
    return {group: split for split, groups in drawn.items() for group in groups}


def _plant(entry: _PlantedFile) -> Planted:
    reading = read_row(b'{"messages":' + bytes(entry.messages) + b"}")
    if not isinstance(reading, Reading):
        raise TypeError(f"a planted example is no row: {reading.reason}")
    tools = tuple(tool.definition for tool in shop_pack().tools)
    return Planted(msgspec.structs.replace(reading.example, tools=tools), entry.state, entry.why, entry.comment)
