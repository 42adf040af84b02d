"""How a model is put behind an address: the exact commands, with what they need saved beside the model."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from curation.errors import StateError
from curation.files import write_whole
from curation.finetune.folders import filled_at_once
from curation.finetune.sft import MASK_FILE, MaskCard
from curation.rendering import RowStyle, needs_router, open_template
from curation.rendering.template import read_json, read_sources
from curation.services.models import ModelView, find_model
from curation.services.models_in_use import PRODUCTION, need_alias
from curation.services.promoting import say_gone
from curation.services.serve_commands import ENGINES, HOST, PORT, ServeCommand, Served, write_command
from curation.services.workspace import Workspace

TEMPLATE = "chat_template.jinja"
DEFAULT, FOR_TOOLS = "default", "tool_use"
"""How a tokenizer names its templates."""
TOGETHER = "serving"
"""The folder inside an adapter's own in which it lies with its base, as one model."""
_PROGRAMS = frozenset({".bin", ".pt", ".pth", ".py", ".pkl"})
"""What no server is handed: weights that are programs, and programs."""
_ODD = {"use_dora": "weights split by DoRA", "modules_to_save": "whole layers of its own"}
"""What vLLM refuses in an adapter."""
_OURS = frozenset({"callwright.json", MASK_FILE})


class Serving(msgspec.Struct, frozen=True):
    """How one model is reached."""

    model: ModelView
    answers_at: str = ""
    """Where it answers already; empty for a model on this machine."""
    template: Path | None = None
    commands: tuple[ServeCommand, ...] = ()
    notes: tuple[str, ...] = ()


def prepare_serving(
    ws: Workspace, project_id: str, name: str = "", *, host: str = HOST, port: int = PORT, alias: str = PRODUCTION
) -> Serving:
    """The commands that serve a model: the one in use, or another by its name or id.

    Its chat template is saved beside it where it does not lie there, and an adapter gets a folder in which links to its
    base make one model of both.

    Raises:
        StateError: its files are gone, or nobody knows where it answers.
    """
    model = find_model(ws, project_id, name) if name else need_alias(ws, project_id, alias).model
    if model.remote_name is not None:
        return Serving(model, answers_at=_say_where(model))
    if gone := say_gone(model):
        raise StateError(gone, hint="Put it back there, or serve another.")
    template, source = _save_template(model)
    served = _describe(model, template, source)
    commands = tuple(write_command(engine, served, host, port) for engine in ENGINES)
    return Serving(model, template=template, commands=commands, notes=_find_doubts(model))


def _say_where(model: ModelView) -> str:
    where = model.details.get("address") or model.details.get("provider")
    if not where:
        raise StateError(
            f"Nobody knows here where `{model.name}` answers.", hint="Only its answers are known; serve another."
        )
    return f"`{model.name}` answers already, at {where}, under the name `{model.remote_name}`."


def _save_template(model: ModelView) -> tuple[Path, str]:
    """The chat template a model was trained with as a file of its own, and what it says."""
    folder = _spoken_in(model)
    name, source = _choose_source(folder, model)
    beside = folder / TEMPLATE
    if beside.is_file():
        return beside, source
    # Not into the folder: a base with a second template for tools would read this one for both.
    saved = folder.parent / f"{folder.name}.{'' if name == DEFAULT else f'{name}.'}{TEMPLATE}"
    if not saved.is_file() or saved.read_text(encoding="utf-8") != source:
        with write_whole(saved) as stream:
            stream.write(source.encode())
    return saved, source


def _spoken_in(model: ModelView) -> Path:
    """Where the tokenizer lies that the model was trained with: beside an adapter, as a run leaves it, or its base."""
    keeps = model.adapter is None or (model.location / "tokenizer_config.json").is_file()
    return model.location if keeps else model.base


def _choose_source(folder: Path, model: ModelView) -> tuple[str, str]:
    """The template of a model by its name; the one for tools where there is one and the model is handed tools."""
    sources = read_sources(folder, read_json(folder / "tokenizer_config.json"))
    name = FOR_TOOLS if FOR_TOOLS in sources and _style_of(model) != "router" else DEFAULT
    return name, sources[name]


def _style_of(model: ModelView) -> RowStyle:
    said = model.details.get("style")
    if said in ("router", "conversation"):
        style: RowStyle = said
        return style
    return "router" if needs_router(open_template(model.location)) else "conversation"


def _describe(model: ModelView, template: Path, source: str) -> Served:
    adapter = model.adapter
    return Served(
        name=model.name,
        folder=(model.base if adapter else model.location).absolute(),
        adapter=adapter.absolute() if adapter else None,
        together=(_join(model, adapter, template) if adapter else model.location).absolute(),
        rank=_read_rank(adapter) if adapter else 0,
        template=template.absolute(),
        source=source,
        style=_style_of(model),
    )


def _join(model: ModelView, adapter: Path, template: Path) -> Path:
    """Base and adapter as one folder of links: a folder with both is read as the model they make."""
    files = {
        path.name: path for folder in (model.base, adapter) for path in sorted(folder.iterdir()) if _is_served(path)
    }
    files[TEMPLATE] = template
    together = adapter / TOGETHER
    if not _is_joined(together, files):
        with filled_at_once(together) as half_made:
            for name, path in files.items():
                (half_made / name).symlink_to(_link(path, together))
    return together


def _is_served(path: Path) -> bool:
    return path.is_file() and path.suffix not in _PROGRAMS and path.name not in _OURS


def _is_joined(together: Path, files: dict[str, Path]) -> bool:
    if not together.is_dir() or {path.name for path in together.iterdir()} != set(files):
        return False
    return all((together / name).resolve() == path.resolve() for name, path in files.items())


def _link(path: Path, folder: Path) -> str:
    """Relative, so that a workspace can be moved as a whole."""
    return os.path.relpath(path.resolve(), folder.resolve())


def _read_rank(adapter: Path) -> int:
    config = read_json(adapter / "adapter_config.json")
    ranks = [config.get("r"), *(config.get("rank_pattern") or {}).values()]
    return max((one for one in ranks if isinstance(one, int)), default=0)


def _find_doubts(model: ModelView) -> tuple[str, ...]:
    """What speaks against serving it just so."""
    return tuple(note for note in (_doubt_template(model), _doubt_adapter(model)) if note)


def _doubt_template(model: ModelView) -> str:
    try:
        trained = msgspec.json.decode((model.location / MASK_FILE).read_bytes(), type=MaskCard).template_sha256
    except (OSError, msgspec.DecodeError):
        return ""
    default = read_sources(_spoken_in(model), read_json(_spoken_in(model) / "tokenizer_config.json"))[DEFAULT]
    same = hashlib.sha256(default.encode()).hexdigest() == trained
    return "" if same else f"The chat template of `{model.name}` is not the one it was trained with any more."


def _doubt_adapter(model: ModelView) -> str:
    if model.adapter is None:
        return ""
    config = read_json(model.adapter / "adapter_config.json")
    odd = [words for key, words in _ODD.items() if config.get(key)]
    return f"vLLM cannot serve an adapter with {' and '.join(odd)}; `transformers serve` can." if odd else ""
