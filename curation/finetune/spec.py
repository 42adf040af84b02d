"""What a worker is told: `spec.json`, read strictly, so that a slip in it stops the job before it costs anything."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from curation.errors import UnreadableError
from curation.model.parameter import Parameter
from curation.rendering.rows import RowStyle

Spec = TypeVar("Spec")


class TrainParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The knobs of a LoRA run."""

    epochs: float = 2.0
    batch_size: int = 8
    learning_rate: float = 1e-3
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    max_length: int = 1024
    max_steps: int = 0
    looks: int = 6
    validation_rows: int = 64
    seed: int = 17
    threads: int = 0
    labelled_only: bool = True
    share_beginning: bool = True


PARAMETERS: tuple[Parameter, ...] = (
    Parameter("epochs", "Epochs", "number", 2.0, "How often every row is seen.", low=0.01, high=100),
    Parameter("batch_size", "Rows per step", "integer", 8, "Fewer need less memory.", low=1, high=512),
    Parameter("learning_rate", "Learning rate", "number", 1e-3, "Falls along a cosine.", low=1e-7, high=1),
    Parameter("rank", "LoRA rank", "integer", 16, "How much the adapter can hold.", low=1, high=512),
    Parameter("alpha", "LoRA alpha", "integer", 32, "How strongly the adapter acts.", low=1, high=1024),
    Parameter(
        "dropout",
        "LoRA dropout",
        "number",
        0.0,
        "Against learning rows by heart. On a CPU drawing it costs a quarter of a step.",
        low=0,
        high=0.9,
    ),
    Parameter("max_length", "Longest row in tokens", "integer", 1024, "Longer rows are left out.", low=16, high=131072),
    Parameter("max_steps", "Steps at most", "integer", 0, "0: as the epochs say.", low=0, high=1_000_000),
    Parameter("looks", "Looks at validation rows", "integer", 6, "The best one is kept.", low=0, high=20),
    Parameter("validation_rows", "Validation rows per look", "integer", 64, low=0, high=64),
    Parameter("seed", "Seed", "integer", 17, "The same seed repeats the run.", low=0, high=2**31 - 1),
    Parameter("threads", "Threads", "integer", 0, "0: leave one core to everybody else.", low=0, high=1024),
    Parameter(
        "labelled_only",
        "Trained tokens only",
        "switch",
        True,
        "Scores only the tokens that carry loss: faster on a CPU, same losses.",
    ),
    Parameter(
        "share_beginning",
        "Read a shared beginning once",
        "switch",
        True,
        "Rows that offer the same tools begin alike: several times faster on a CPU, same losses.",
    ),
)


class TrainSpec(msgspec.Struct, frozen=True, tag_field="kind", tag="train", forbid_unknown_fields=True):
    """Train an adapter on the rows in `data/`."""

    launch_id: str
    base: Path
    style: RowStyle
    dataset_hash: str
    name: str = ""
    parameters: TrainParameters = TrainParameters()
    nice: int = 5


class AnswerSpec(msgspec.Struct, frozen=True, tag_field="kind", tag="evaluate", forbid_unknown_fields=True):
    """Let one model answer the rows in `data/<rows>`."""

    launch_id: str
    model: Path
    adapter: Path | None = None
    style: RowStyle = "router"
    rows: str = "test.jsonl"
    examples: str | None = None
    """Name of the file in `data/` whose rows are shown before every question (four-shot)."""
    shots: int = 0
    decoding: Literal["greedy"] = "greedy"
    max_new_tokens: int = 128
    batch_size: int = 16
    limit: int | None = None
    threads: int = 0
    nice: int = 5


class AnySpec(msgspec.Struct, frozen=True):
    """What every spec says."""

    kind: str


def decode_spec(content: bytes, kind: type[Spec]) -> Spec:
    """Parse a spec; another kind, anything unknown or of the wrong type is refused by name."""
    try:
        return msgspec.json.decode(content, type=kind, dec_hook=_to_path)
    except msgspec.DecodeError as error:
        raise UnreadableError(f"The job's specification cannot be read: {error}.") from error


def _to_path(kind: type[Path], value: str) -> Path:
    return kind(value)


def parse_parameters(values: dict[str, object]) -> TrainParameters:
    """Check knobs typed by a person against their names, types and limits."""
    known = [knob.name for knob in PARAMETERS]
    if strange := [name for name in values if name not in known]:
        raise UnreadableError(f"There is no training parameter `{strange[0]}`.", hint=f"Known: {', '.join(known)}.")
    try:
        parameters = msgspec.convert(values, TrainParameters, strict=False)
    except msgspec.ValidationError as error:
        raise UnreadableError(f"The training parameters cannot be used: {error}.") from error
    for knob in PARAMETERS:
        value = getattr(parameters, knob.name)
        # In this form, so that what is no number at all is refused too.
        if knob.low is not None and knob.high is not None and not knob.low <= value <= knob.high:
            raise UnreadableError(f"{knob.title} is {value}; it must lie between {knob.low:g} and {knob.high:g}.")
    return parameters


def count_steps(parameters: TrainParameters, rows: int) -> int:
    """Steps of the whole run, as the trainer will count them."""
    if parameters.max_steps:
        return parameters.max_steps
    per_epoch = math.ceil(rows / parameters.batch_size)
    return max(1, math.ceil(parameters.epochs * per_epoch))
