"""Fields and classes of a Python file for the parameters of tools; each field is proved by reading it back."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Sequence

import msgspec

from curation.model.values import Json
from curation.toolkits.contract import Schema
from curation.toolkits.python_annotations import TYPE_WORDS, is_same, spell_exactly, spell_field, spell_inner
from curation.toolkits.python_classes import Member, describe_class, open_types, read_member
from curation.toolkits.python_module import Module
from curation.toolkits.python_references import refers, spell_printing

MOST_NESTED = 8
_EXTRA = {False: "forbid", True: "allow"}
_IMPORTED = ("Annotated", "Any", "BaseModel", "ConfigDict", "Field", "Literal", "WithJsonSchema")

_TAKEN = frozenset({"self", "cls", "model_config", "model_json_schema", *TYPE_WORDS, *_IMPORTED})


class ModelFile:
    """One file being written: its classes so far, and what they import."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        """Names a class cannot have."""
        self.imports: set[str] = set()
        self.classes: list[tuple[str, str]] = []
        """Name and text of the classes for objects inside the parameters, each before the one that needs it."""
        self._module = Module(ast.Module([], []))
        self._types = open_types(self._module)
        self._known: dict[bytes, str] = {}
        self._path: tuple[str, ...] = ()

    def write_field(self, name: str, schema: Json, *, is_required: bool) -> str:
        """`name: annotation = default`."""
        variable = name if self._is_free(name) else _invent(name)
        alias = "" if variable == name else f"alias={name!r}"
        n_before = len(self.classes)
        if isinstance(schema, dict):
            self._path += (name,)
            field = spell_field(variable, schema, alias, self._name_class, is_required=is_required)
            self._path = self._path[:-1]
            if field is not None and self._reads_back(field, Member(name, schema, is_required)):
                self.note_imports(field)
                return field
            self._forget(n_before)
        field = spell_exactly(variable, schema, alias, is_required=is_required)
        self.note_imports(field)
        return field

    def write_fields(self, owner: str, schema: Schema) -> tuple[list[str], Schema]:
        """The fields of an object schema, and what they leave unsaid: all of it where they cannot say its properties.

        `owner` is what the classes inside it are named after.
        """
        properties, required = schema.get("properties"), schema.get("required")
        if schema.get("type") != "object" or not isinstance(properties, dict) or "" in properties:
            return [], schema
        n_before = len(self.classes)
        self._path += (owner,)
        needed = required if isinstance(required, list) else []
        self.taken |= set(properties)
        fields = [self.write_field(name, one, is_required=name in needed) for name, one in properties.items()]
        self._path = self._path[:-1]
        if len({field.partition(":")[0] for field in fields}) < len(fields):
            self._forget(n_before)
            return [], schema
        left = {key: value for key, value in schema.items() if key not in ("type", "properties", "required")}
        in_order: list[Json] = [name for name in properties if name in needed]
        # A model without a required field says nothing of them, so an empty list is said beside its fields.
        if "required" in schema and required != (in_order or None):
            left["required"] = required
        return fields, left

    def spell_class(
        self, name: str, fields: list[str], left: Schema, config: Sequence[str], docstring: str, printed: Schema
    ) -> str:
        """The text of a model, with what its fields leave unsaid in its configuration; `printed` is all of it."""
        config = [*config, *_spell_left(left)]
        lines = [f"class {name}(BaseModel):", *([f"    {docstring}\n"] if docstring else [])]
        if config:
            lines.append(f"    model_config = ConfigDict({', '.join(config)})\n")
        lines += [f"    {field}" for field in fields] or ([] if config or docstring else ["    pass"])
        lines += spell_printing(name, printed) if refers(printed) else []
        text = "\n".join(lines).rstrip("\n") + "\n"
        self.note_imports(text)
        return text

    def write_type(self, owner: str, schema: Json) -> str:
        """A value that has no name; what classes are needed for it are named after `owner`."""
        n_before = len(self.classes)
        self._path = (owner,)
        kind = spell_inner(schema, self._name_class) if isinstance(schema, dict) else None
        self._path = ()
        if kind is None or kind == "None" or not self._is_read_as(kind, schema):
            self._forget(n_before)
            kind = f"Annotated[Any, WithJsonSchema({schema!r})]"
        self.note_imports(kind)
        return kind

    def _is_read_as(self, kind: str, schema: Json) -> bool:
        try:
            found = self._types.schema(ast.parse(kind, mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
        self._rest()
        return is_same(found, schema)

    def add_class(self, name: str, text: str) -> None:
        """Put a class into the file; what is written later may refer to it."""
        (node,) = ast.parse(text).body
        if isinstance(node, ast.ClassDef):
            self._module.classes[name] = node
        self.classes.append((name, text))
        self.taken.add(name)

    def drop_class(self, name: str) -> None:
        """Take the newest class out of the file again."""
        del self._module.classes[name]
        self.classes = [one for one in self.classes if one[0] != name]

    def says(self, name: str, schema: Schema) -> bool:
        """Whether a class of the file is read as exactly this schema."""
        found = describe_class(self._types, self._module.classes[name])
        self._rest()
        return is_same(found, schema)

    def choose_name(self, *words: str) -> str:
        """A free name for a class, made of these words."""
        base = "".join(_capitalised(word) for word in words)[:60] or "Model"
        found, n = base, 2
        while found in self.taken:
            found, n = f"{base}{n}", n + 1
        return found

    def note_imports(self, text: str) -> None:
        """What a text needs from other modules."""
        self.imports |= {word for word in _IMPORTED if word in text}

    def _name_class(self, schema: Schema) -> str | None:
        """The class of an object inside the parameters; one that says the same serves twice."""
        key = msgspec.json.encode(schema)
        if key in self._known:
            return self._known[key]
        # What a reference names stands outside of the object, where a class of its own would look in vain.
        if len(self._path) > 2 * MOST_NESTED or refers(schema):
            return None
        name = self.choose_name(*self._path[-2:])
        self.taken.add(name)
        fields, left = self.write_fields(name, schema)
        if left is schema:
            return None
        self.add_class(name, self.spell_class(name, fields, left, (), "", schema))
        self._known[key] = name
        return name

    def _is_free(self, name: str) -> bool:
        """Whether a field can have the name and hides nothing that the types of fields behind it refer to."""
        is_word = name.isidentifier() and name.isascii() and not keyword.iskeyword(name)
        is_taken = name in _TAKEN or name in self._known.values()
        return is_word and not name.startswith("_") and not is_taken

    def _reads_back(self, field: str, wanted: Member) -> bool:
        try:
            statement = ast.parse(field).body[0]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            return False
        found = read_member(self._types, statement.target.id, statement.annotation, statement.value)
        self._rest()
        is_alike = (found.name, found.is_required) == (wanted.name, wanted.is_required)
        return is_alike and is_same(found.schema, wanted.schema)

    def _rest(self) -> None:
        self._types.notes.clear()
        self._types.n_nodes = 0

    def _forget(self, n_kept: int) -> None:
        """Take back the classes of a field that was spelled otherwise in the end."""
        for name, _ in self.classes[n_kept:]:
            del self._module.classes[name]
            self._known = {key: known for key, known in self._known.items() if known != name}
        del self.classes[n_kept:]


def _invent(name: str) -> str:
    letters = "".join(one if one.isascii() and one.isalnum() else "_" for one in name).strip("_")
    return f"field_{letters}"[:60].rstrip("_")


def _capitalised(word: str) -> str:
    letters = "".join(one if one.isascii() and one.isalnum() else " " for one in word).strip("0123456789 ")
    return "".join(part[0].upper() + part[1:] for part in letters.split())


def _spell_left(left: Schema) -> list[str]:
    """What a model says beside its fields."""
    rest, found = dict(left), []
    extra = rest.get("additionalProperties")
    if isinstance(extra, bool):
        found.append(f'extra="{_EXTRA[extra]}"')
        del rest["additionalProperties"]
    return found + ([f"json_schema_extra={rest!r}"] if rest else [])
