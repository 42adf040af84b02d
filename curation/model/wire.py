"""The shape of a row on the wire: the field order is the canonical key order.

Parts that are kept to the letter are raw slices of the source. Reading uses it for the usual rows, writing for all.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, Raw, UnsetType

from curation.model.example import Waiver
from curation.model.values import Json

Text = str | None | UnsetType


class WireFunction(msgspec.Struct, omit_defaults=True, gc=False, forbid_unknown_fields=True):
    """`function` of a call."""

    name: Text = UNSET
    arguments: Raw | UnsetType = UNSET


class WireCall(msgspec.Struct, omit_defaults=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """One element of `tool_calls`."""

    id: Text = UNSET
    type: Text = UNSET
    function: WireFunction


class WireLabel(msgspec.Struct, omit_defaults=True, gc=False, forbid_unknown_fields=True):
    """`label` of a message, when it holds nothing but known keys."""

    reason: str | None = None
    missing: tuple[str, ...] = ()
    recovery: str | None = None
    order: Literal["any", "sequence"] = "any"
    comparators: dict[str, Json] = {}


class WireMessage(msgspec.Struct, omit_defaults=True, gc=False, forbid_unknown_fields=True):
    """One element of `messages`."""

    role: Text = UNSET
    content: Text = UNSET
    tool_calls: list[WireCall] | UnsetType = UNSET
    tool_call_id: Text = UNSET
    name: Text = UNSET
    weight: Raw | UnsetType = UNSET
    label: WireLabel | UnsetType = UNSET


class WireRow(msgspec.Struct, omit_defaults=True, gc=False, forbid_unknown_fields=True):
    """One row: the OpenAI shape with the keys our envelope adds."""

    messages: list[WireMessage]
    tools: list[Raw] | UnsetType | None = UNSET
    tags: list[str] | UnsetType = UNSET
    group: str | UnsetType = UNSET
    waivers: list[Waiver] | UnsetType = UNSET
    acceptable: list[dict[str, dict[str, list[Json]]]] | UnsetType = UNSET


decode_row = msgspec.json.Decoder(WireRow).decode
encode_wire = msgspec.json.Encoder().encode
