"""An example as the rows of each trainer: what is learnt is the same in all of them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from curation.finetune.bundles.plan import AXOLOTL, LLAMAFACTORY, TRL, UNSLOTH
from curation.finetune.knobs import LearnFrom
from curation.formats import axolotl, router, router_pairs, sharegpt, sharegpt_ranking, trl, trl_preference, trl_prompt
from curation.formats.contract import Format, Written
from curation.model.example import Example
from curation.model.values import Json
from curation.rendering.rows import RowStyle

Write = Callable[[Example], Written]


def pick_writers(style: RowStyle, learn_from: LearnFrom) -> dict[str, Write]:
    """Trainer → what makes its rows. A trainer that has no form for what is learnt is not among them."""
    if learn_from == "pairs" and style == "router":
        return {TRL: router_pairs.write}
    if learn_from == "pairs":
        return {TRL: trl_preference.write, LLAMAFACTORY: _writer(sharegpt_ranking.FORMAT)}
    if style == "router":
        return {
            TRL: _spread(_as_completion),
            AXOLOTL: _spread(_with_marks),
            LLAMAFACTORY: _spread(_alternating),
            UNSLOTH: _spread(_as_turns),
        }
    return {
        TRL: trl_prompt.write,
        AXOLOTL: axolotl.write,
        LLAMAFACTORY: _writer(sharegpt.FORMAT),
        UNSLOTH: trl.write,
    }


def _writer(fmt: Format) -> Write:
    assert fmt.write is not None  # noqa: S101 - these formats write
    return fmt.write


def _spread(change: Callable[[list[dict[str, Json]]], Json]) -> Write:
    """Rows of a router in another form; what a form cannot hold comes out as nothing."""

    def write(example: Example) -> Written:
        written = router.FORMAT.write(example) if router.FORMAT.write else Written()
        if written.refused is not None:
            return written
        changed = [change(msgspec.json.decode(row)["messages"]) for row in written.rows]
        rows = tuple(msgspec.json.encode(row) for row in changed if row is not None)
        return Written(rows=rows) if rows else Written(refused="No row alternates between user and assistant.")

    return write


def _as_completion(messages: list[dict[str, Json]]) -> Json:
    return {"prompt": messages[:-1], "completion": messages[-1:]}


def _as_turns(messages: list[dict[str, Json]]) -> Json:
    return {"messages": messages}


def _with_marks(messages: list[dict[str, Json]]) -> Json:
    last = len(messages) - 1
    return {"messages": [{**message, "train": i == last} for i, message in enumerate(messages)]}


def _alternating(messages: list[dict[str, Json]]) -> Json:
    """LLaMA-Factory reads a question and an answer in turn, and passes over a row that is not so."""
    spoken = [message["role"] for message in messages if message["role"] != "system"]
    is_read = all(role == ("user", "assistant")[i % 2] for i, role in enumerate(spoken)) and len(spoken) % 2 == 0
    return {"messages": messages} if is_read else None
