"""The command lines that put a model behind an OpenAI-compatible address, of `transformers serve` and `vllm serve`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Literal

import msgspec

from curation.rendering import RowStyle

Engine = Literal["transformers", "vllm"]
ENGINES: tuple[Engine, ...] = ("transformers", "vllm")
HOST, PORT = "127.0.0.1", 8000
"""Where a server listens unless told otherwise: this machine alone, though vLLM by itself would open every door."""
RANKS = (16, 32, 64, 128, 256, 320, 512)
"""Largest ranks of an adapter that vLLM makes room for; 16 unless told otherwise."""
GREEDY = '{"temperature":0,"repetition_penalty":1}'
"""Where a request says nothing else a server answers as the model was judged, whatever the model's folder asks for."""
HERMES = "<tool_call>"


class Served(msgspec.Struct, frozen=True):
    """A model on this machine, as a server needs to know it."""

    name: str
    folder: Path
    """A whole model: a base, or one whose every weight was trained."""
    adapter: Path | None
    together: Path
    """The folder itself, or base and adapter as one folder."""
    rank: int
    template: Path
    source: str
    """What the template says."""
    style: RowStyle


class ServeCommand(msgspec.Struct, frozen=True):
    """One way to serve a model."""

    engine: Engine
    argv: tuple[str, ...]
    """Empty: it cannot be served this way; the notes say why."""
    model: str = ""
    """What requests call it."""
    notes: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """As it is typed into a shell."""
        return shlex.join(self.argv)


def write_command(engine: Engine, served: Served, host: str = HOST, port: int = PORT) -> ServeCommand:
    """How this server is started for a model."""
    where = ("--host", host, "--port", str(port))
    return _write_vllm(served, where) if engine == "vllm" else _write_transformers(served, where)


def _write_transformers(served: Served, where: tuple[str, ...]) -> ServeCommand:
    """It reads the chat template from the folder, and knows no adapters but those that lie with their base."""
    folder = str(served.together)
    if "@" in folder:
        note = f"`transformers serve` takes what follows the @ in {folder} for a revision; move the workspace."
        return ServeCommand("transformers", (), notes=(note,))
    notes = (
        "It needs `pip install 'transformers[serving]'`.",
        "Ask it with `temperature` 0: so it was judged.",
        *_tell_form(served, parses_calls=False),
    )
    return ServeCommand("transformers", ("transformers", "serve", folder, *where), folder, notes)


def _write_vllm(served: Served, where: tuple[str, ...]) -> ServeCommand:
    parses = served.style != "router" and HERMES in served.source
    form = ("--enable-auto-tool-choice", "--tool-call-parser", "hermes") if parses else ()
    argv = (
        *("vllm", "serve", str(served.folder)),
        *where,
        *("--chat-template", str(served.template)),
        *(_lora(served.name, served.adapter, served.rank) if served.adapter else _option(served.name)),
        *form,
        *("--override-generation-config", GREEDY),
    )
    return ServeCommand("vllm", argv, served.name, _tell_form(served, parses_calls=parses))


def _lora(name: str, adapter: Path, rank: int) -> tuple[str, ...]:
    named = f"{name}={adapter}"
    if named.count("=") > 1 or "," in named or named.startswith("-"):
        # The short form knows one equals sign and no comma.
        named = msgspec.json.encode({"name": name, "path": str(adapter)}).decode()
    room = next((most for most in RANKS if rank <= most), rank)
    return ("--enable-lora", "--lora-modules", named, *(("--max-lora-rank", str(room)) if room > RANKS[0] else ()))


def _option(name: str) -> tuple[str, ...]:
    return (f"--served-model-name={name}",) if name.startswith("-") else ("--served-model-name", name)


def _tell_form(served: Served, *, parses_calls: bool) -> tuple[str, ...]:
    """What whoever asks must know of the answers."""
    if served.style == "router":
        return ("It answers with one JSON object, as the router's rows do: ask it with their system text, no `tools`.",)
    return () if parses_calls else ("Its calls come as text, in the form of its chat template.",)
