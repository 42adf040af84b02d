"""An order for candidates as it is written down: everything a job needs to be made again exactly so."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

import msgspec

from curation.errors import StateError, UnreadableError
from curation.model.values import Json
from curation.services.synthesis_knobs import require_knobs
from curation.synthesizers import Synthesizer, get_synthesizer
from curation.synthesizers.contract import Cell, Need, Voice
from curation.synthesizers.scripted_roles import TASKS

MOST = 20_000
"""Candidates one order may ask for."""
SAMPLE = 10
"""How many are made first, to be looked at before the rest."""
SCRIPTED, LOCAL, HOSTED = "scripted", "local", "hosted"
MOST_RECORDS = 2_000
MOST_SEEDS = 2_000


class Spending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an order may cost at most; 0 means nothing is said."""

    requests: int = 0
    tokens: int = 0
    money: float = 0.0


class Endpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The model that is asked: a kind of address, and the model's name there."""

    kind: str
    """`scripted`, `local`, or `hosted`, whose address and key the environment holds."""
    model: str = ""
    """The model's name at the host, or the folder of one on this machine."""
    at_once: int = 4
    """Requests under way side by side."""
    per_minute: int = 60
    judges: bool = False
    """Whether the model also says what it thinks of each candidate."""


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One order."""

    strategy: str = "schema_driven"
    count: int = 50
    seed: int = 0
    tools: tuple[str, ...] = ()
    """The tools that are called; empty: all of them. The others are offered beside."""
    cells: tuple[Cell, ...] = ()
    """Exactly what is wanted; the count is then what they add up to."""
    shows: str = ""
    """Address of the trait that every candidate must show; drafts that do not are looked past. Empty: any."""
    mix: dict[str, float] = {}
    parameters: dict[str, Json] = {}
    voice: Voice = Voice()
    values: dict[str, tuple[str, ...]] = {}
    seed_examples: tuple[str, ...] = ()
    """Ids of examples to start from; empty where a strategy needs some: those that were accepted."""
    records: tuple[dict[str, Json], ...] = ()
    endpoint: Endpoint | None = None
    spending: Spending = Spending()

    @property
    def n_wanted(self) -> int:
        return sum(cell.count for cell in self.cells) if self.cells else self.count


def starts_from_examples(sheet: Sheet) -> bool:
    """Whether an order takes examples of the project to begin with."""
    return "examples" in get_synthesizer(sheet.strategy).needs or bool(sheet.seed_examples)


def require_sound(sheet: Sheet, *, unread: Collection[Need] = ()) -> Synthesizer:
    """The strategy of an order that can be carried out.

    Args:
        sheet: the order.
        unread: what somebody has said and could not be read: it is not missed as well.

    Raises:
        StateError: something it needs is missing, or it asks for too much.
    """
    strategy = get_synthesizer(sheet.strategy)
    require_knobs(strategy, sheet.parameters)
    if not 1 <= sheet.n_wanted <= MOST:
        raise StateError(f"{sheet.n_wanted:,} candidates cannot be ordered.", hint=f"Order between 1 and {MOST:,}.")
    if "model" in strategy.needs and sheet.endpoint is None:
        raise StateError(f"“{strategy.title}” asks a model, and none is chosen.", hint="Choose one under Model.")
    if (
        sheet.endpoint
        and sheet.endpoint.kind == SCRIPTED
        and strategy.asks
        and not TASKS.issuperset(strategy.asks.prompts)
    ):
        raise StateError(
            f"“{strategy.title}” asks what the scripted model of this installation has no answers to.",
            hint="Choose another model, or another strategy.",
        )
    if "records" in strategy.needs and not sheet.records and "records" not in unread:
        raise StateError(
            f"“{strategy.title}” starts from scenario records, and there are none.",
            hint="Paste one JSON object a line under Records.",
        )
    if len(sheet.records) > MOST_RECORDS or len(sheet.seed_examples) > MOST_SEEDS:
        raise StateError(f"An order starts from at most {MOST_RECORDS:,} records or examples.", hint="Order in parts.")
    _require_bounded(sheet)
    return strategy


def _require_bounded(sheet: Sheet) -> None:
    """Whoever is paid is asked only within a limit that somebody has written down."""
    spending, endpoint = sheet.spending, sheet.endpoint
    if min(spending.requests, spending.tokens, spending.money) < 0:
        raise StateError("A limit is below zero.", hint="Write 0 where there is to be none.")
    if endpoint and endpoint.kind == HOSTED and not (spending.requests or spending.money):
        raise StateError(
            "The order asks a host and sets no limit.",
            hint="Set the most requests, or the most money.",
        )
    if endpoint and endpoint.kind == HOSTED and not endpoint.model.strip():
        raise StateError(
            "The order asks a host and does not name a model.",
            hint="Write its name as the host calls it, such as the one that `ollama list` shows.",
        )


def seed_of(nonce: str) -> int:
    """A press draws its own seed: another press drafts others, the same one the same."""
    return int.from_bytes(hashlib.sha256(nonce.encode()).digest()[:3], "big")


def read_records(text: str) -> tuple[dict[str, Json], ...]:
    """Scenario records, one JSON object a line.

    Raises:
        UnreadableError: a line is no JSON object; the sentence names the line.
    """
    found: list[dict[str, Json]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            value = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
            raise UnreadableError(f"Record line {number} is no JSON.", hint="One object a line.") from error
        if not isinstance(value, dict):
            raise UnreadableError(f"Record line {number} is no JSON object.", hint="One object a line.")
        found.append(value)
    return tuple(found)


def read_values(lines: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Values of the domain as an expert types them: a line each, the empty ones left out."""
    kept = {
        name: tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
        for name, text in lines.items()
    }
    return {name: values for name, values in kept.items() if values}
