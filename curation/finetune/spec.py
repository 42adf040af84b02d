"""What a worker is told: `spec.json`, read strictly, so that a slip in it stops the job before it costs anything."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from curation.errors import UnreadableError
from curation.finetune.knobs import PARAMETERS, TrainParameters, count_steps, parse_parameters
from curation.llm.budget import Limits
from curation.llm.openai_chat import ANSWER_S
from curation.llm.served import Served
from curation.rendering.rows import RowStyle

__all__ = [
    "PARAMETERS",
    "AnswerSpec",
    "AnySpec",
    "Remote",
    "TrainParameters",
    "TrainSpec",
    "count_steps",
    "decode_spec",
    "parse_parameters",
]

Spec = TypeVar("Spec")


class TrainSpec(msgspec.Struct, frozen=True, tag_field="kind", tag="train", forbid_unknown_fields=True):
    """Train on the rows in `data/`."""

    launch_id: str
    base: Path
    style: RowStyle
    dataset_hash: str
    name: str = ""
    parameters: TrainParameters = TrainParameters()
    nice: int = 5
    last_seq: int = 0
    """Number of the last event of earlier launches: this one goes on behind it, whatever became of their folder."""


class Remote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model behind an address, and how it may be asked; never a key."""

    served: Served
    limits: Limits = Limits()
    """What one launch may take."""
    at_once: int = 8
    """Requests under way side by side."""
    per_minute: int | None = None
    longest_answer: int = 1024
    """Tokens an answer may have; some models think aloud before they answer."""
    answer_s: float = ANSWER_S
    """How long one answer may take."""


class AnswerSpec(msgspec.Struct, frozen=True, tag_field="kind", tag="evaluate", forbid_unknown_fields=True):
    """Let one model answer the rows in `data/<rows>`; one elsewhere that calls natively gets `data/native.jsonl`."""

    launch_id: str
    model: Path = Path()
    """Folder of a model of this machine; the current one where `remote` says which model is asked."""
    remote: Remote | None = None
    adapter: Path | None = None
    style: RowStyle = "router"
    rows: str = "test.jsonl"
    examples: str | None = None
    """Name of the file in `data/` whose rows are shown before every question (four-shot)."""
    shots: int = 0
    decoding: Literal["greedy"] = "greedy"
    grammar: bool = False
    """Whether every answer is held to the tools its row offers; rows of the router only."""
    repairs: int = 0
    """How often, at most, a model is told what is wrong with its answer."""
    max_new_tokens: int = 0
    """Tokens an answer may have; 0: as many as the longest right answer of the rows needs, 128 at least."""
    batch_size: int = 0
    """Rows side by side; 0: as many as suit the size of the model."""
    limit: int | None = None
    threads: int = 0
    nice: int = 5
    last_seq: int = 0
    """Number of the last event of earlier launches: this one goes on behind it, whatever became of their folder."""


class AnyRemote(msgspec.Struct, frozen=True):
    """Of a model elsewhere, what starting the worker needs."""

    served: Served


class AnySpec(msgspec.Struct, frozen=True):
    """What every spec says."""

    kind: str
    remote: AnyRemote | None = None

    @property
    def needed(self) -> tuple[str, ...]:
        """Variables without which the worker cannot do it: where the key to the model that it asks is."""
        return (self.remote.served.key_variable,) if self.remote else ()


def decode_spec(content: bytes, kind: type[Spec]) -> Spec:
    """Parse a spec; another kind, anything unknown or of the wrong type is refused by name."""
    try:
        return msgspec.json.decode(content, type=kind, dec_hook=_to_path)
    except msgspec.DecodeError as error:
        raise UnreadableError(f"The job's specification cannot be read: {error}.") from error


def _to_path(kind: type[Path], value: str) -> Path:
    return kind(value)
