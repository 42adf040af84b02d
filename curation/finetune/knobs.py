"""The knobs of a training on this machine: their names, limits and reasons as data, and what they mean in steps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

from curation.errors import UnreadableError
from curation.model.parameter import Parameter

LearnFrom = Literal["conversations", "decisions", "pairs"]
"""Whole conversations; prompt and completion, one row a decision; or pairs of a preferred and a rejected answer."""
Method = Literal["lora", "qlora", "full"]
Targets = Literal["all", "attention", "q_v"]
Packing = Literal["auto", "padded", "packed", "padding_free"]
Precision = Literal["auto", "bf16", "fp32"]
Schedule = Literal["cosine", "linear", "constant", "constant_with_warmup"]
Optimizer = Literal["adamw_torch_fused", "adamw_torch", "adafactor", "sgd", "paged_adamw_8bit"]
Tracker = Literal["none", "trackio", "tensorboard", "mlflow"]
TAKES = {
    "integer": "a whole number",
    "number": "a number",
    "switch": "`true` or `false`",
    "choice": "one of its choices",
    "text": "text",
    "path": "a path",
}
SAID_LENGTH, LONGEST_BITS = 60, 63


class TrainParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person chose for a run."""

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
    learn_from: LearnFrom = "conversations"
    method: Method = "lora"
    targets: Targets = "all"
    accumulation: int = 1
    schedule: Schedule = "cosine"
    warmup: float = 0.03
    weight_decay: float = 0.0
    max_grad_norm: float = 1.0
    optimizer: Optimizer = "adamw_torch_fused"
    beta: float = 0.1
    precision: Precision = "auto"
    packing: Packing = "auto"
    report_to: Tracker = "none"
    recompute: bool = False
    labelled_only: bool = True
    share_beginning: bool = True
    processes: int = 0

    @property
    def rows_a_step(self) -> int:
        """Over how many rows a step averages."""
        return self.batch_size * self.accumulation


PARAMETERS: tuple[Parameter, ...] = (
    Parameter("epochs", "Epochs", "number", 2.0, "How often every row is seen.", low=0.01, high=100),
    Parameter("batch_size", "Rows per step", "integer", 8, "Fewer need less memory.", low=1, high=512),
    Parameter(
        "learning_rate", "Learning rate", "number", 1e-3, "The height the schedule starts from.", low=1e-7, high=1
    ),
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
        "learn_from",
        "Learn from",
        "choice",
        "conversations",
        "Whole conversations; decisions, each with all that led up to it; or pairs of a preferred and a rejected "
        "answer (DPO).",
        choices=get_args(LearnFrom),
    ),
    Parameter(
        "method",
        "Method",
        "choice",
        "lora",
        "LoRA trains a small adapter; QLoRA does so on a base held in 4 bits (NVIDIA GPU only); full changes every "
        "weight.",
        choices=get_args(Method),
    ),
    Parameter(
        "targets",
        "Layers the adapter changes",
        "choice",
        "all",
        "All linear layers learn most a step; attention alone, or its queries and values (q_v), need less memory.",
        choices=get_args(Targets),
        is_rare=True,
    ),
    Parameter(
        "accumulation",
        "Batches a step adds up",
        "integer",
        1,
        "Acts like a larger batch in the memory of a small one.",
        low=1,
        high=1024,
        is_rare=True,
    ),
    Parameter(
        "schedule",
        "Schedule",
        "choice",
        "cosine",
        "How the learning rate falls over the run.",
        choices=get_args(Schedule),
        is_rare=True,
    ),
    Parameter(
        "warmup",
        "Warm-up",
        "number",
        0.03,
        "Share of the steps over which the learning rate rises.",
        low=0,
        high=0.99,
        is_rare=True,
    ),
    Parameter(
        "weight_decay", "Weight decay", "number", 0.0, "Draws weights towards zero.", low=0, high=1, is_rare=True
    ),
    Parameter(
        "max_grad_norm",
        "Largest gradient norm",
        "number",
        1.0,
        "Longer gradients are shortened.",
        low=0,
        high=1000,
        is_rare=True,
    ),
    Parameter(
        "optimizer",
        "Optimiser",
        "choice",
        "adamw_torch_fused",
        "AdamW keeps two numbers for each trained weight; Adafactor hardly any; the paged one needs bitsandbytes.",
        choices=get_args(Optimizer),
        is_rare=True,
    ),
    Parameter(
        "beta",
        "DPO beta",
        "number",
        0.1,
        "How closely a model that learns from pairs is held to where it started.",
        low=0.001,
        high=10,
        is_rare=True,
    ),
    Parameter(
        "precision",
        "Numbers",
        "choice",
        "auto",
        "auto: bfloat16 where the chip multiplies it natively, else float32.",
        choices=get_args(Precision),
        is_rare=True,
    ),
    Parameter(
        "packing",
        "Rows in a batch",
        "choice",
        "auto",
        "Padded to one length; packed into full sequences; or laid end to end (padding_free). auto: packed on a GPU "
        "whose model keeps such rows apart, padded elsewhere.",
        choices=get_args(Packing),
        is_rare=True,
    ),
    Parameter(
        "report_to",
        "Also report to",
        "choice",
        "none",
        "A tracker on this machine that is installed beside Callwright.",
        choices=get_args(Tracker),
        is_rare=True,
    ),
    Parameter(
        "recompute",
        "Recompute activations",
        "switch",
        False,
        "Gradient checkpointing: a third slower, in much less memory. Only where the memory does not suffice.",
        is_rare=True,
    ),
    Parameter(
        "labelled_only",
        "Trained tokens only",
        "switch",
        True,
        "Scores only the tokens that carry loss: faster on a CPU, same losses.",
        is_rare=True,
    ),
    Parameter(
        "share_beginning",
        "Read a shared beginning once",
        "switch",
        True,
        "Rows that offer the same tools begin alike: several times faster on a CPU, same losses.",
        is_rare=True,
    ),
    Parameter(
        "processes",
        "Processes side by side",
        "integer",
        0,
        "They share the rows of a step, each on a GPU of its own; the losses stay the same. 0: one for every GPU.",
        low=0,
        high=64,
        is_rare=True,
    ),
)


def parse_parameters(values: dict[str, object]) -> TrainParameters:
    """Check knobs typed by a person against their names, types and limits."""
    known = [knob.name for knob in PARAMETERS]
    if strange := [name for name in values if name not in known]:
        raise UnreadableError(f"There is no training parameter `{strange[0]}`.", hint=f"Known: {', '.join(known)}.")
    for knob in PARAMETERS:
        if knob.choices and values.get(knob.name, knob.default) not in knob.choices:
            said = values[knob.name]
            raise UnreadableError(
                f"{knob.title} is `{_said(said)}`.", hint=f"Choose one of: {', '.join(knob.choices)}."
            )
    try:
        parameters = msgspec.convert(values, TrainParameters, strict=False)
    except msgspec.ValidationError as error:
        raise refuse(values, PARAMETERS, error) from error
    require_limits(parameters, PARAMETERS)
    _require_even_shares(parameters)
    return parameters


def require_limits(values: msgspec.Struct, knobs: tuple[Parameter, ...]) -> None:
    """Every number within what its knob allows."""
    for knob in knobs:
        value = getattr(values, knob.name)
        # In this form, so that what is no number at all is refused too.
        if knob.low is not None and knob.high is not None and not knob.low <= value <= knob.high:
            raise UnreadableError(f"{knob.title} is {_said(value)}; it must lie between {_limits(knob)}.")


def _require_even_shares(parameters: TrainParameters) -> None:
    if parameters.processes and parameters.batch_size % parameters.processes:
        raise UnreadableError(
            f"{parameters.batch_size} rows per step cannot be shared evenly among {parameters.processes} processes.",
            hint=f"Choose a multiple of {parameters.processes} rows per step.",
        )


def refuse(
    values: Mapping[str, object], knobs: tuple[Parameter, ...], error: msgspec.ValidationError
) -> UnreadableError:
    """By the name a person knows the knob by, with what it takes."""
    at = str(error).rpartition("$.")[2].rstrip("`")
    knob = next((knob for knob in knobs if knob.name == at), None)
    if knob is None:
        return UnreadableError(f"The training parameters cannot be used: {error}.")
    limits = "" if knob.low is None else f" between {_limits(knob)}"
    return UnreadableError(
        f"{knob.title} is `{_said(values[knob.name])}`.", hint=f"It takes {TAKES[knob.kind]}{limits}."
    )


def _limits(knob: Parameter) -> str:
    return " and ".join(f"{one:,}" if one >= 1000 else f"{one:g}" for one in (knob.low, knob.high) if one is not None)


def _said(value: object) -> str:
    """What was typed, cut where it has no end, with the code of what nobody sees."""
    if isinstance(value, int) and value.bit_length() > LONGEST_BITS:
        return "a number of more than 19 digits"
    text = "".join(one if one.isprintable() else f"U+{ord(one):04X}" for one in str(value)[: SAID_LENGTH + 1])
    return text if len(text) <= SAID_LENGTH else f"{text[:SAID_LENGTH]}…"


def count_steps(parameters: TrainParameters, rows: int) -> int:
    """Steps of the whole run, as the trainer will count them; packed rows need fewer."""
    if parameters.max_steps:
        return parameters.max_steps
    batches = math.ceil(rows / parameters.batch_size)
    per_epoch = math.ceil(batches / parameters.accumulation)
    return max(1, math.ceil(parameters.epochs * per_epoch))
