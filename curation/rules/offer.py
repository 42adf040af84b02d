"""The tools that a row offers, opened once for each list of definitions and kept."""

from __future__ import annotations

from functools import cached_property, lru_cache

from curation.model.definition import Definition, DefinitionView
from curation.model.example import Example
from curation.model.values import Json
from curation.rules.hints import fold_name, nearest
from curation.schemas import Compiled, compile_schema


class OfferedTool:
    """One definition of a row: its parts and its compiled parameters."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.view: DefinitionView = definition.view
        self.name = self.view.name
        text = self.view.parameters_text
        self.compiled: Compiled | None = compile_schema(text) if text is not None else None
        self.schema: dict[str, Json] = self.view.parameters if isinstance(self.view.parameters, dict) else {}
        properties = self.schema.get("properties")
        self.properties: dict[str, Json] = properties if isinstance(properties, dict) else {}
        required = self.schema.get("required")
        self.required: tuple[str, ...] = (
            tuple(key for key in required if isinstance(key, str)) if isinstance(required, list) else ()
        )

    @cached_property
    def may_have_default(self) -> bool:
        """Whether the word `default` stands in the parameters at all."""
        return '"default"' in (self.view.parameters_text or "")

    @cached_property
    def folded(self) -> dict[str, str]:
        """The arguments' names by their form without case and separators."""
        return {fold_name(name): name for name in self.properties}

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each argument stands in the schema's order."""
        return {name: place for place, name in enumerate(self.properties)}

    def property(self, key: str) -> dict[str, Json]:
        """The schema of one argument; empty when it has none."""
        found = self.properties.get(key)
        return found if isinstance(found, dict) else {}


@lru_cache(maxsize=4096)
def open_tool(text: str) -> OfferedTool:
    """The opened form of one definition's text."""
    return OfferedTool(Definition(text))


class Offer:
    """The ordered list of tools of one row."""

    __slots__ = ("by_name", "folded", "is_listed", "names", "tools")

    def __init__(self, texts: tuple[str, ...], *, is_listed: bool) -> None:
        self.is_listed = is_listed
        """Whether the row has a list of tools at all."""
        self.tools: tuple[OfferedTool, ...] = tuple(open_tool(text) for text in texts)
        self.by_name: dict[str, OfferedTool] = {}
        for tool in self.tools:
            if tool.name is not None:
                self.by_name.setdefault(tool.name, tool)
        self.names: tuple[str, ...] = tuple(self.by_name)
        self.folded: dict[str, str] = {fold_name(name): name for name in reversed(self.names)}

    def find(self, name: str | None) -> OfferedTool | None:
        """The tool of exactly this name."""
        return self.by_name.get(name) if name is not None else None

    def same_but_form(self, name: str) -> str | None:
        """The offered name that differs from this one only by case, separators or a namespace prefix."""
        return self.folded.get(fold_name(name))

    def nearest_name(self, name: str) -> str | None:
        """The offered name most like this one."""
        return nearest(name, self.names)


_NO_LIST = Offer((), is_listed=False)


def offer_of(example: Example) -> Offer:
    """What an example offers."""
    tools = example.tools
    if type(tools) is not tuple:
        return _NO_LIST
    return _open_list(tuple([definition.text for definition in tools]))


@lru_cache(maxsize=1024)
def _open_list(texts: tuple[str, ...]) -> Offer:
    return Offer(texts, is_listed=True)
