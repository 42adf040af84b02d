"""One file, one format: read, and where it can, write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from curation.formats import (
    anthropic,
    api_bank,
    axolotl,
    azure,
    bfcl,
    callwright,
    chatml,
    csv,
    datasets,
    gemini,
    glaive,
    hermes,
    llamafactory_v1,
    mistral,
    openai,
    openai_functions,
    openai_preference,
    parquet,
    responses,
    router,
    scenario,
    seal_tools,
    sharegpt,
    sharegpt_last,
    sharegpt_ranking,
    toolace,
    traces,
    trl,
    trl_preference,
    trl_prompt,
    xlam,
)
from curation.formats.contract import Format, Loss, Written
from curation.model.members import find_member

__all__ = ["FORMATS", "Format", "Loss", "Vote", "Written", "detect_format", "get_format", "vote"]

FORMATS: tuple[Format, ...] = (
    callwright.FORMAT,
    router.FORMAT,
    csv.FORMAT,
    parquet.FORMAT,
    datasets.FORMAT,
    bfcl.FORMAT,
    xlam.FORMAT,
    scenario.FORMAT,
    api_bank.FORMAT,
    anthropic.FORMAT,
    gemini.FORMAT,
    chatml.FORMAT,
    seal_tools.FORMAT,
    traces.FORMAT,
    responses.FORMAT,
    openai_functions.FORMAT,
    hermes.FORMAT,
    openai_preference.FORMAT,
    trl_preference.FORMAT,
    sharegpt_ranking.FORMAT,
    trl_prompt.FORMAT,
    axolotl.FORMAT,
    llamafactory_v1.FORMAT,
    glaive.FORMAT,
    toolace.FORMAT,
    sharegpt.FORMAT,
    sharegpt_last.FORMAT,
    trl.FORMAT,
    mistral.FORMAT,
    azure.FORMAT,
    openai.FORMAT,
)
"""The first one that recognises a row is the row's format, so the general ones stand last."""


def get_format(name: str) -> Format:
    """The format people call `name`."""
    return find_member(FORMATS, name, "format")


class Vote(msgspec.Struct, frozen=True):
    """How many of the first rows look like one format; "" for those no format recognises."""

    format: str
    n_rows: int


def vote(first_lines: Sequence[bytes]) -> tuple[Vote, ...]:
    """What each of these rows looks like, the most frequent format first and what no format recognises last.

    Lines that are no JSON have no vote: they are rejects in any format.
    """
    looks = ((line, _recognise(line)) for line in first_lines)
    votes = Counter(known.name if known else "" for line, known in looks if known or _is_json(line))
    ordered = sorted(votes.items(), key=lambda one: (not one[0], -one[1]))
    return tuple(Vote(*one) for one in ordered)


def _is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def detect_format(first_lines: Sequence[bytes]) -> Format:
    """The format most of these rows have; the most general one when no row is recognised.

    Where rows may come without a mark (our own, when nobody labelled them), one marked row is enough.
    """
    votes = Counter(known.name for known in map(_recognise, first_lines) if known)
    for known in FORMATS:
        if known.unmarked_as and votes[known.name] and votes[known.name] + votes[known.unmarked_as] == votes.total():
            return known
    return get_format(votes.most_common(1)[0][0]) if votes else FORMATS[-1]


def _recognise(raw: bytes) -> Format | None:
    return next((known for known in FORMATS if known.recognises(raw)), None)
