"""What a person can choose of an export, and the examples behind what it loses."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.formats import get_format
from curation.formats.options import FailedCalls, Options, Place, SystemTurn, has_failed_calls
from curation.services.exporting import ExportPreview
from curation.services.gating import Faulty, find_faulty
from curation.services.system_prompts import as_turn, get_prompt
from curation.services.workspace import Workspace
from curation.targets import TARGETS
from db import examples

MOST_FAULTY = 100
"""Rows with errors that are named; one is enough to refuse an export."""


class FormatTraits(msgspec.Struct, frozen=True):
    """What the options mean to a format."""

    holds_pairs: bool
    takes_failed_calls: bool
    takes_byte_order_mark: bool


class Named(msgspec.Struct, frozen=True):
    """An example as a link names it."""

    example_id: str
    number: int
    title: str


class LossGroup(msgspec.Struct, frozen=True):
    """One thing an export does to rows, with the first examples it does it to."""

    kind: str
    """`lost`, `changed` or `refused`."""
    what: str
    examples: int
    places: int
    example_ids: tuple[str, ...]


def describe_traits(format_name: str) -> FormatTraits:
    fmt = get_format(format_name)
    return FormatTraits(fmt.needs_pair, has_failed_calls(fmt), fmt.takes_mark)


def list_reader_facts(format_name: str) -> tuple[str, tuple[str, ...]] | None:
    """What the usual reader of a format does with rows of its own accord: its title and a sentence for each thing."""
    fmt = get_format(format_name)
    for name, target in TARGETS.items():
        is_reader = target.group != "template" and (fmt.name.partition("_")[0] == name or target.title in fmt.title)
        if is_reader and target.facts:
            return target.title, tuple(fact.text for fact in target.facts)
    return None


def make_options(
    ws: Workspace,
    project_id: str,
    *,
    failed_calls: FailedCalls = "learn",
    prompt_n: int | None = None,
    place: Place = "replace",
    byte_order_mark: bool = False,
) -> Options:
    """The options of an export, with the words of the prompt of that number."""
    system = as_turn(get_prompt(ws, project_id, prompt_n), place) if prompt_n else None
    return Options(byte_order_mark, failed_calls, system)


def group_losses(preview: ExportPreview) -> tuple[LossGroup, ...]:
    """Everything the preview says of rows in one list: refused first, then lost, then changed on request."""
    refused: dict[str, list[str]] = {}
    for one in preview.refused:
        refused.setdefault(one.reason, []).append(one.example_id)
    groups = [LossGroup("refused", reason, len(ids), len(ids), tuple(ids[:100])) for reason, ids in refused.items()]
    groups.sort(key=lambda group: (-group.examples, group.what))
    for kind, counted in (("lost", preview.losses), ("changed", preview.changes)):
        for loss in counted:
            ids = tuple(row.example_id for row in preview.lost_in.get(loss.what, ()))
            groups.append(LossGroup(kind, loss.what, loss.examples, loss.places, ids))
    return tuple(groups)


def name_examples(ws: Workspace, example_ids: Sequence[str]) -> tuple[Named, ...]:
    """Number and title of these examples, in the order given; what is no longer here is left out."""
    with ws.reading() as connection:
        found = examples.find_examples(connection, list(example_ids))
    return tuple(Named(one, found[one].number, found[one].title) for one in example_ids if one in found)


def list_faulty(ws: Workspace, dataset_id: str) -> tuple[Faulty, ...]:
    """The rows with errors that an export refuses unless it is told, the first of them."""
    rows = find_faulty(ws, dataset_id)
    found = tuple(one for one, _ in zip(rows, range(MOST_FAULTY), strict=False))
    rows.close()
    return found


__all__ = [
    "FailedCalls",
    "FormatTraits",
    "LossGroup",
    "Named",
    "Options",
    "Place",
    "SystemTurn",
    "describe_traits",
    "group_losses",
    "list_faulty",
    "list_reader_facts",
    "make_options",
    "name_examples",
]
