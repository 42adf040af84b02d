"""Reading a domain pack: its tools, its wordings, its remarks."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from curation.errors import NotFoundError
from curation.model.definition import Definition, Policy, SideEffect, Tool, ToolError
from curation.synthesizers.wordings import Remark, ToolWording


class _Values(msgspec.Struct, frozen=True):
    """How values of one parameter are put together."""

    parts: tuple[tuple[str, ...], ...]


class _PackFile(msgspec.Struct, frozen=True):
    """`pack.toml`."""

    name: str
    title: str
    tools: tuple[str, ...]
    system: str | None = None
    slots: dict[str, tuple[str, ...]] = {}
    values: dict[str, _Values] = {}


class _ToolFile(msgspec.Struct, frozen=True):
    """One element of `tools.json`."""

    definition: msgspec.Raw
    side_effect: SideEffect | None = None
    idempotent: bool | None = None
    idempotency_parameter: str | None = None
    policy: Policy = Policy()
    result_schema: msgspec.Raw = msgspec.Raw(b"")
    errors: tuple[str, ...] = ()


class Pack(msgspec.Struct, frozen=True):
    """One domain."""

    name: str
    title: str
    system: str | None
    tools: tuple[Tool, ...]
    wordings: dict[str, ToolWording]
    remarks: dict[str, tuple[Remark, ...]]
    slots: dict[str, tuple[str, ...]]
    parts: dict[str, tuple[tuple[str, ...], ...]]


class PackWords(msgspec.Struct, frozen=True):
    """What is said in one language."""

    wordings: dict[str, ToolWording]
    remarks: dict[str, tuple[Remark, ...]]
    slots: dict[str, tuple[str, ...]] = {}
    about: dict[str, tuple[Remark, ...]] = {}
    """Remarks that name what a tool does (`{action}`), by no-tool reason."""


class _LanguageFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`de.toml` and its like, beside `pack.toml`."""

    tools: dict[str, ToolWording]
    remarks: dict[str, tuple[Remark, ...]]
    slots: dict[str, tuple[str, ...]] = {}
    about: dict[str, tuple[Remark, ...]] = {}


@lru_cache(maxsize=32)
def load_pack_words(name: str, language: str = "en") -> PackWords | None:
    """A pack's words in a language; None where nobody has written them."""
    pack = load_pack(name)
    folder = files("curation.synthesizers.packs") / name
    if language == "en":
        about = folder / "about.toml"
        said = msgspec.toml.decode(about.read_bytes(), type=dict[str, tuple[Remark, ...]]) if about.is_file() else {}
        wordings = {tool: _retell(wording) for tool, wording in pack.wordings.items()}
        remarks = {reason: tuple(map(_answer_better, lines)) for reason, lines in pack.remarks.items()}
        return PackWords(wordings, remarks, pack.slots, said)
    path = folder / f"{language}.toml"
    if not path.is_file():
        return None
    words = msgspec.toml.decode(path.read_bytes(), type=_LanguageFile)
    wordings = {
        tool: msgspec.structs.replace(wording, family=f"{name}/{language}/{tool}")
        for tool, wording in words.tools.items()
    }
    return PackWords(wordings, words.remarks, words.slots, words.about)


def _retell(wording: ToolWording) -> ToolWording:
    """A wording as full variety has it: one sentence for one, so that the families keep their numbers."""
    done = {name: tuple(wording.retold.get(one, one) for one in said) for name, said in wording.done.items()}
    frames = tuple(wording.retold.get(frame, frame) for frame in wording.frames)
    return msgspec.structs.replace(wording, frames=frames, done=done)


def _answer_better(remark: Remark) -> Remark:
    return msgspec.structs.replace(remark, reply=remark.retold or remark.reply)


@lru_cache(maxsize=8)
def load_pack(name: str) -> Pack:
    """The pack of this name."""
    folder = files("curation.synthesizers.packs") / name
    if not name.isidentifier() or not folder.is_dir():
        raise NotFoundError(f"There is no domain pack `{name}`.", hint=f"Packs here: {', '.join(pack_names())}.")
    head = msgspec.toml.decode((folder / "pack.toml").read_bytes(), type=_PackFile)
    return Pack(
        name=head.name,
        title=head.title,
        system=head.system,
        tools=tuple(_read_tool(tool) for tool in _read_tools(folder)),
        wordings={tool: _read_wording(folder, head.name, tool) for tool in head.tools},
        remarks=msgspec.toml.decode((folder / "no_tool.toml").read_bytes(), type=dict[str, tuple[Remark, ...]]),
        slots=head.slots,
        parts={parameter: values.parts for parameter, values in head.values.items()},
    )


def pack_names() -> tuple[str, ...]:
    """The packs that come with Callwright."""
    folders = (entry for entry in files("curation.synthesizers.packs").iterdir() if (entry / "pack.toml").is_file())
    return tuple(sorted(entry.name for entry in folders))


def _read_wording(folder: Traversable, pack: str, tool: str) -> ToolWording:
    wording = msgspec.toml.decode((folder / f"{tool}.toml").read_bytes(), type=ToolWording)
    return msgspec.structs.replace(wording, family=f"{pack}/{tool}")


def _read_tools(folder: Traversable) -> list[_ToolFile]:
    return msgspec.json.decode((folder / "tools.json").read_bytes(), type=list[_ToolFile])


def _read_tool(entry: _ToolFile) -> Tool:
    return Tool(
        definition=Definition(_compact(entry.definition)),
        side_effect=entry.side_effect,
        idempotent=entry.idempotent,
        idempotency_parameter=entry.idempotency_parameter,
        policy=entry.policy,
        result_schema=_compact(entry.result_schema) if bytes(entry.result_schema) else None,
        errors=tuple(ToolError(message) for message in entry.errors),
    )


def _compact(raw: msgspec.Raw) -> str:
    return msgspec.json.format(bytes(raw), indent=-1).decode()
