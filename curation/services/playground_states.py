"""What is kept of a conversation in the playground beside its turns: who is asked and how, and what waits."""

from __future__ import annotations

from typing import Literal

import msgspec

from curation.execution.guard import Ruling

Mode = Literal["strict", "human"]
Decoding = Literal["free", "schema", "grammar"]
DECODINGS: tuple[Decoding, ...] = ("free", "schema", "grammar")


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who is asked, and how."""

    model_id: str = ""
    """Empty: the one to begin with, whichever that is by now."""
    catalogue_n: int | None = None
    """A published catalogue; None: the tools as they are now."""
    system: str = ""
    mode: Mode = "strict"
    decodings: tuple[Decoding, ...] = ("free",)
    """Several: every message is answered in each of them, side by side."""
    repairs: int = 0
    hands_back: bool = False
    """Whether a mocked result goes back to the model by itself."""
    role: str = ""
    """On whose behalf the user speaks, as the guard knows it; empty: nobody in particular."""
    second_id: str | None = None
    """A second model that answers beside the first; empty: the one to begin with; None: there is no second."""


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of one turn of the assistant beside what it says."""

    interaction: str
    raw: str = ""
    """The model's exact text; empty where a person has put another turn in its place."""
    is_router: bool = False
    """In which form that text is written."""
    verdict: str = ""
    why: str = ""
    repairs: int = 0
    by_person: bool = False
    is_closed: bool = False
    """Whether it ran out of tokens and the grammar wrote its end."""
    is_cut: bool = False
    """Whether it ran out of tokens and has no end."""


class Run(msgspec.Struct, frozen=True):
    """One call that the guard let run."""

    tool: str
    at: str


class State(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a stored conversation holds beside its turns."""

    said: dict[int, Said] = {}
    """Turn → what is known of it."""
    results: dict[str, str] = {}
    """Id of a call that waits → what its mock answered; of a refused one, the error that says so."""
    rulings: dict[str, Ruling] = {}
    """Id of a call of the last turn → what the guard said, where it did not just let it run."""
    runs: dict[str, Run] = {}
    """Id of each call of the conversation that was run."""
    choices: tuple[str, ...] = ()
    """Interactions that stand side by side until a person goes on with one."""
    correction: str = ""
    """The conversation with the call that is being put right, as an example; empty: none."""
    correction_rev: int = 0
    trouble: str = ""
    """Why there is no answer to what was said last."""
    hint: str = ""
    silent: dict[str, str] = {}
    """Of several models: id of one that gave no answer → why."""
