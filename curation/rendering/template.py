"""A model folder's tokenizer and chat template, read without loading the model or its framework."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from curation.errors import MissingPackageError, UnreadableError
from curation.model.values import Json
from curation.rendering.guarded import GuardedWriter
from curation.rendering.jinja import UnusableTemplateError, render_template
from curation.rendering.weights import check_weights

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from curation.rendering.rows import ChatRow

SPECIAL_TOKENS = ("bos_token", "eos_token", "pad_token", "unk_token")
NEEDED_FILES = ("config.json", "tokenizer.json", "tokenizer_config.json")
_MARKS = re.compile(r"\{%[-+]?\s*generation\b")
Write = Callable[[str, dict[str, Json], bool], str]
"""Fills a template's source with values; with marks around the model's own words when the last is true."""


class Tokens(NamedTuple):
    """A text as token ids, each with the characters it covers."""

    ids: list[int]
    offsets: list[tuple[int, int]]


class Template:
    """How one model's conversations are written, and how they become tokens."""

    def __init__(
        self,
        sources: dict[str, str],
        special: dict[str, str],
        tokenizer: Tokenizer | None,
        *,
        limit: int,
        stop_tokens: frozenset[str],
        write: Write = render_template,
    ) -> None:
        self.sources = sources
        self.special = special
        self.tokenizer = tokenizer
        self.limit = limit
        """The most tokens the model takes in one go; 0: not known."""
        self.stop_tokens = stop_tokens
        self.is_marked = any(_MARKS.search(source) for source in sources.values())
        """Whether the template says itself which words are the model's."""
        self._write = write

    def source(self, *, with_tools: bool) -> str:
        """The template text; a few models carry a second one for tools."""
        return self.sources.get("tool_use" if with_tools else "default") or self.sources["default"]

    def render(self, row: ChatRow, upto: int | None = None, *, prompt: bool = False, with_marks: bool = False) -> str:
        """The first `upto` turns of a row as text; `prompt` opens the assistant's next turn."""
        messages = [dict(message) for message in row.messages[:upto]]
        tools = list(row.tools) or None
        values = {"messages": messages, "tools": tools, "add_generation_prompt": prompt, **self.special}
        return self._write(self.source(with_tools=tools is not None), values, with_marks)

    def takes(self, row: ChatRow, *, prompt: bool = False) -> bool:
        """Whether the template writes a row; some refuse two calls at once, or a role.

        Raises:
            UnusableTemplateError: the template writes nothing at all.
        """
        try:
            self.render(row, prompt=prompt)
        except UnusableTemplateError:
            raise
        except UnreadableError:
            return False
        return True

    def tokenize(self, text: str) -> Tokens:
        """The text as tokens.

        Raises:
            UnreadableError: the template came alone, without a tokenizer.
        """
        if self.tokenizer is None:
            raise UnreadableError("The template came without a tokenizer.", hint="Name the model's folder.")
        encoding = self.tokenizer.encode(text, add_special_tokens=False)
        return Tokens(encoding.ids, encoding.offsets)


def check_model_folder(folder: Path) -> None:
    """Refuse a folder that cannot be trained from, in one sentence."""
    if not folder.is_dir():
        raise UnreadableError(
            f"The model folder {folder} does not exist.", hint="Name a folder that holds a Hugging Face model."
        )
    absent = [name for name in NEEDED_FILES if not (folder / name).is_file()]
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        absent.append("model.safetensors")
    if absent:
        raise UnreadableError(
            f"The model folder {folder} has no {', '.join(absent)}.",
            hint="Save the model there with its fast tokenizer and safetensors weights.",
        )
    for path in weights:
        check_weights(path)


def load_template(folder: Path, *, is_guarded: bool = True) -> Template:
    """Read tokenizer and chat template of a model folder.

    Args:
        folder: a model's folder, perhaps a stranger's.
        is_guarded: write rows in a child behind a deadline; a worker, which may be ended, does without.
    """
    check_model_folder(folder)
    config = read_json(folder / "tokenizer_config.json")
    special = {name: token_text(config[name]) for name in SPECIAL_TOKENS if config.get(name)}
    return Template(
        read_sources(folder, config),
        special,
        tokenizer := load_tokenizer(folder / "tokenizer.json"),
        limit=_context_limit(folder),
        stop_tokens=stop_tokens_of(folder, special, tokenizer),
        write=GuardedWriter() if is_guarded else render_template,
    )


def load_tokenizer(path: Path) -> Tokenizer:
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise MissingPackageError("Reading a model's tokenizer needs the training packages.") from error
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:
        raise UnreadableError(f"The tokenizer in {path} cannot be read: {error}.") from error


def read_sources(folder: Path, config: dict[str, Json]) -> dict[str, str]:
    """The chat templates of a folder by name; `default` is always there."""
    beside = folder / "chat_template.jinja"
    if beside.is_file():
        return {"default": beside.read_text(encoding="utf-8")}
    inside = config.get("chat_template")
    if isinstance(inside, str):
        return {"default": inside}
    if isinstance(inside, list) and inside:
        named = {one["name"]: one["template"] for one in inside}
        return {"default": next(iter(named.values())), **named}
    raise UnreadableError(
        f"The model in {folder} has no chat template, so nobody knows how its conversations are written.",
        hint="Choose an instruct model, or add a chat_template.jinja.",
    )


def _context_limit(folder: Path) -> int:
    limit = read_json(folder / "config.json").get("max_position_embeddings")
    return limit if isinstance(limit, int) and limit > 0 else 2048


def stop_tokens_of(folder: Path, special: dict[str, str], tokenizer: Tokenizer) -> frozenset[str]:
    """Every token that ends an answer: the tokenizer's own and those the generation settings list."""
    path = folder / "generation_config.json"
    listed = read_json(path).get("eos_token_id") if path.is_file() else None
    ids = listed if isinstance(listed, list) else [listed]
    named = {tokenizer.id_to_token(one) for one in ids if isinstance(one, int)}
    return frozenset(token for token in named | {special.get("eos_token")} if token)


def token_text(value: Json) -> str:
    """A special token's text, which settings hold plain or as an object."""
    return str(value["content"]) if isinstance(value, dict) else str(value)


def read_json(path: Path) -> dict[str, Json]:
    """A JSON object of a model's folder."""
    try:
        value = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise UnreadableError(f"{path} cannot be read: {error}.") from error
    if not isinstance(value, dict):
        raise UnreadableError(f"{path} is not a JSON object.")
    return value
