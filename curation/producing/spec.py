"""What a worker is told to make: `spec.json`, and the order's own material as files in `data/`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from curation.errors import UnreadableError
from curation.files import PRIVATE_MODE, put_whole
from curation.finetune.run_folder import RunFolder
from curation.gates.contract import Bench, Known
from curation.model.definition import Tool
from curation.model.envelope import encode
from curation.model.example import Example
from curation.model.reading import Reject
from curation.model.values import Json
from curation.reading.rows import read_row
from curation.synthesizers.contract import Cell, Drafter, Order, Voice

TOOLS, OTHERS, SEEDS, RECORDS, KNOWN = (
    "tools.jsonl",
    "others.jsonl",
    "seeds.jsonl",
    "records.jsonl",
    "known.jsonl",
)
Line = TypeVar("Line")


class SynthesiseSpec(msgspec.Struct, frozen=True, tag_field="kind", tag="synthesise", forbid_unknown_fields=True):
    """Draft candidates for the tools in `data/` and put each through the gates."""

    launch_id: str
    strategy: str
    """Name of a member of `curation.synthesizers.SYNTHESIZERS`."""
    count: int
    """So many candidates are drafted at most."""
    shows: str = ""
    """Address of the trait that a draft must show to be a candidate of this order; empty: any will do."""
    seed: int = 0
    mix: dict[str, float] = {}
    cells: tuple[Cell, ...] = ()
    parameters: dict[str, Json] = {}
    voice: Voice = Voice()
    values: dict[str, tuple[str, ...]] = {}
    target: str | None = None
    gates: tuple[str, ...] | None = None
    """Names of the gates to pass; None: all of them."""
    strictness: dict[str, float] = {}
    stop_after: int | None = None
    """End when so many have passed: a sample to look at, or all that is wanted of what is not drafted on purpose. A
    later launch without it goes on behind them."""
    drafter: str = ""
    """Name of a member of `curation.producing.drafters.OPENERS`; empty: no model is asked."""
    asking: dict[str, Json] = {}
    """What the drafter's opener is told: which model where, pace, budget; never a key."""
    name: str = ""
    nice: int = 5
    last_seq: int = 0
    """Number of the last event of earlier launches: this one goes on behind it, whatever became of their folder."""


class Material(msgspec.Struct, frozen=True):
    """What an order is made from, beside its spec."""

    tools: tuple[Tool, ...]
    others: tuple[Tool, ...] = ()
    seeds: tuple[Example, ...] = ()
    records: tuple[dict[str, Json], ...] = ()
    known: tuple[Known, ...] = ()


def write_material(folder: RunFolder, material: Material) -> None:
    """Put an order's material into the run folder."""
    folder.create()
    _write(folder.data / TOOLS, map(msgspec.json.encode, material.tools))
    _write(folder.data / OTHERS, map(msgspec.json.encode, material.others))
    _write(folder.data / SEEDS, map(encode, material.seeds))
    _write(folder.data / RECORDS, map(msgspec.json.encode, material.records))
    _write(folder.data / KNOWN, map(msgspec.json.encode, material.known))


def read_material(folder: RunFolder) -> Material:
    """The material of a run folder; a file that is not there is an empty one, but for the tools."""
    if not (folder.data / TOOLS).is_file():
        raise UnreadableError(f"The run folder {folder.path} has no data/{TOOLS}.", hint="Start the order again.")
    return Material(
        tools=tuple(_read(folder.data / TOOLS, Tool)),
        others=tuple(_read(folder.data / OTHERS, Tool)),
        seeds=tuple(_read_rows(folder.data / SEEDS)),
        records=tuple(_read(folder.data / RECORDS, dict[str, Json])),
        known=tuple(_read(folder.data / KNOWN, Known)),
    )


def order_of(spec: SynthesiseSpec, material: Material, drafter: Drafter | None = None) -> Order:
    """What the strategy is asked for."""
    return Order(
        tools=material.tools,
        count=spec.count,
        seed=spec.seed,
        mix=spec.mix,
        parameters=spec.parameters,
        others=material.others,
        cells=spec.cells,
        seeds=material.seeds,
        records=material.records,
        voice=spec.voice,
        values=spec.values,
        drafter=drafter,
    )


def bench_of(spec: SynthesiseSpec, material: Material) -> Bench:
    """What the candidates are held against."""
    return Bench(
        tools=_by_name((*material.others, *material.tools)),
        target=spec.target,
        known=material.known,
        seed=spec.seed,
        strictness=spec.strictness,
    )


def _by_name(tools: Iterable[Tool]) -> Mapping[str, Tool]:
    return {tool.name: tool for tool in tools}


def _write(path: Path, lines: Iterable[bytes]) -> None:
    put_whole(path, b"".join(line + b"\n" for line in lines), PRIVATE_MODE)


def _read(path: Path, kind: type[Line]) -> Iterator[Line]:
    for number, line in _lines(path):
        try:
            yield msgspec.json.decode(line, type=kind)
        except msgspec.DecodeError as error:
            raise UnreadableError(f"Line {number} of {path.name} cannot be read: {error}.") from error


def _read_rows(path: Path) -> Iterator[Example]:
    for number, line in _lines(path):
        reading = read_row(line)
        if isinstance(reading, Reject):
            raise UnreadableError(f"Line {number} of {path.name} cannot be read: {reading.reason}")
        yield reading.example


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    if path.is_file():
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield number, line.rstrip(b"\n")
