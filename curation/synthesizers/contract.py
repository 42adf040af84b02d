"""What every drafting strategy is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from curation.model.candidate import Candidate
from curation.model.definition import Tool
from curation.model.example import Example
from curation.model.parameter import Parameter
from curation.model.values import Json

__all__ = [
    "Answer",
    "Asks",
    "Candidate",
    "Cell",
    "Drafter",
    "Need",
    "Order",
    "Question",
    "Shortfall",
    "Synthesizer",
    "Voice",
]

Need = Literal["examples", "records", "model"]
"""What a strategy cannot do without, beside the tools: examples of the project, scenario records, a model to ask."""


class Cell(msgspec.Struct, frozen=True):
    """So many examples of exactly this."""

    count: int
    category: str = "positive"
    """`positive`, `parallel`, `multi_step`, `no_tool`, `recovery`, `hard_case`."""
    kind: str = ""
    """Which of the category: a no-tool reason, a recovery kind, a hard case, how a tool is asked for (`clarified`,
    `different_tools`, … as far as the strategy tells them apart); empty: all of them in turn."""
    tool: str = ""
    """The tool it is about; empty: all of them in turn."""


class Shortfall(msgspec.Struct, frozen=True):
    """Part of an order that a strategy cannot draft."""

    cell: Cell
    """`count` is how many are missing."""
    why: str
    """In a sentence, with what would help."""


class Voice(msgspec.Struct, frozen=True):
    """How the people in the conversations speak; an empty list leaves it to the strategy."""

    personas: tuple[str, ...] = ()
    tones: tuple[str, ...] = ()
    lengths: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    typo_share: float = 0.0
    """Share of requests that hold a slip of the keyboard; never inside a value that is called with."""


class Question(msgspec.Struct, frozen=True):
    """One thing to ask a model: the prompt's name, and what is put into its places as data."""

    prompt: str
    data: Mapping[str, str]
    schema: str = ""
    """JSON schema of the answer; empty: plain text."""


class Answer(msgspec.Struct, frozen=True):
    """What came back. Exactly one of `value` and `trouble` is set for a question with a schema."""

    exchange: str
    """Its id in the record of requests and answers."""
    text: str = ""
    value: Json = None
    trouble: str = ""
    """Why there is no usable answer, in a sentence."""


class Drafter(Protocol):
    """A model that may be asked: it knows the prompts, the budget and the record, and holds no tools."""

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """The answers, in order; asked side by side as far as the pace allows.

        Raises:
            BudgetSpentError: nothing more may be asked.
        """

    def give_up(self, why: str) -> None:
        """Count a draft that came to nothing by its reason, in a word."""


class Order(msgspec.Struct, frozen=True):
    """What a person asks a synthesizer for."""

    tools: tuple[Tool, ...]
    count: int
    seed: int = 0
    mix: dict[str, float] = {}
    """Category → share: positive, no_tool, recovery, … (the synthesizer's own default when empty)."""
    parameters: dict[str, Json] = {}
    others: tuple[Tool, ...] = ()
    """Tools that may be offered beside, and are never called."""
    cells: tuple[Cell, ...] = ()
    """Exactly what is wanted; `count` and `mix` are then what they add up to."""
    seeds: tuple[Example, ...] = ()
    """Examples of the project to start from."""
    records: tuple[dict[str, Json], ...] = ()
    """Scenarios: what happened, as plain records."""
    voice: Voice = Voice()
    values: dict[str, tuple[str, ...]] = {}
    """Parameter or kind of value (`name`, `place`, …) → values of this domain, as an expert wrote them down."""
    drafter: Drafter | None = None
    tell_short: Callable[[Shortfall], None] | None = None
    """Told of what could not be drafted, while the candidates are drawn."""


class Asks(msgspec.Struct, frozen=True):
    """What a strategy asks a model for one candidate, about: an estimate for people, never a limit."""

    prompts: tuple[str, ...]
    """Their names, in the order in which they are first put."""
    times: float = 1.0
    tokens_in: int = 900
    """Of one question."""
    tokens_out: int = 120


class Synthesizer(msgspec.Struct, frozen=True):
    """One strategy: `SYNTHESIZER` in its module, one line in `curation.synthesizers.SYNTHESIZERS`."""

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    draft: Callable[[Order], Iterator[Candidate]]
    """Deterministic for an order and the answers of its drafter; yields at most `count` candidates."""
    about: str = ""
    """What it is good for, in a sentence."""
    needs: frozenset[Need] = frozenset()
    asks: Asks | None = None
    mixes: bool = False
    """Whether it makes shapes by the shares of a mix."""
    shapes: tuple[str, ...] = ()
    """The shapes it makes, as a `Cell` names them; empty: as a mix, the order or what it starts from say."""
    is_judged: bool = False
    """Whether a model's word on each candidate counts, as rules cannot read what it is written in."""
