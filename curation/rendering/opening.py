"""Opens what somebody names as a chat template: a model's folder, with or without weights, or one template file."""

from __future__ import annotations

from pathlib import Path

from curation.errors import UnreadableError
from curation.model.values import Json
from curation.rendering.guarded import GuardedWriter
from curation.rendering.jinja import render_template
from curation.rendering.template import (
    SPECIAL_TOKENS,
    Template,
    Write,
    load_tokenizer,
    read_json,
    read_sources,
    stop_tokens_of,
    token_text,
)

MOST_TEMPLATE_BYTES = 1_000_000
STAND_INS = {name: f"<{name.removesuffix('_token')}>" for name in SPECIAL_TOKENS}
"""Special tokens for a template that came without its tokenizer; they can be told from other text."""


def open_template(path: Path, *, is_guarded: bool = True) -> Template:
    """The template of a model's folder, or of a file that holds nothing else.

    Raises:
        UnreadableError: there is none, or it cannot be read.
    """
    write: Write = GuardedWriter() if is_guarded else render_template
    if path.is_dir():
        return _open_folder(path, write)
    return bare_template(_read_text(path), write=write)


def bare_template(source: str, *, write: Write = render_template) -> Template:
    """A template without tokenizer, from its text."""
    return Template({"default": source}, STAND_INS, None, limit=0, stop_tokens=frozenset(), write=write)


def _open_folder(folder: Path, write: Write) -> Template:
    config = _settings(folder / "tokenizer_config.json")
    special = STAND_INS | {name: token_text(config[name]) for name in SPECIAL_TOKENS if config.get(name)}
    sources = read_sources(folder, config)
    if not (folder / "tokenizer.json").is_file():
        return Template(sources, special, None, limit=0, stop_tokens=frozenset(), write=write)
    tokenizer = load_tokenizer(folder / "tokenizer.json")
    return Template(
        sources,
        special,
        tokenizer,
        limit=_limit(folder, config),
        stop_tokens=stop_tokens_of(folder, special, tokenizer),
        write=write,
    )


def _settings(path: Path) -> dict[str, Json]:
    return read_json(path) if path.is_file() else {}


def _limit(folder: Path, config: dict[str, Json]) -> int:
    """What the model can take in one go; some tokenizers name an absurd figure instead of none."""
    named = (_settings(folder / "config.json").get("max_position_embeddings"), config.get("model_max_length"))
    return next((n for n in named if isinstance(n, int) and 0 < n < 10_000_000), 0)


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_TEMPLATE_BYTES:
            raise UnreadableError(f"The template {path} is larger than 1 MB.", hint="Name a chat_template.jinja.")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"The template {path} is not UTF-8 text.", hint="Name a chat_template.jinja.") from error
    except OSError as error:
        raise UnreadableError(
            f"The template {path} cannot be read: {error.strerror}.", hint="Name a model's folder or a template file."
        ) from error
