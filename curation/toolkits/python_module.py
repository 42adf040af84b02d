"""A Python file as its syntax says it is: classes, functions, aliases and constants. Nothing in it is ever run."""

from __future__ import annotations

import ast
import re
import warnings

from curation.errors import UnreadableError
from curation.model.values import Json

MAX_CHARACTERS = 1_000_000
MOST_ANCESTORS = 50
Function = ast.FunctionDef | ast.AsyncFunctionDef
_ENUMS = frozenset({"Enum", "StrEnum", "IntEnum"})


class NotLiteralError(Exception):
    """An expression whose value only running it could tell."""


class Module:
    """The parts of one parsed file by name."""

    def __init__(self, tree: ast.Module) -> None:
        self.classes: dict[str, ast.ClassDef] = {}
        self.functions: list[Function] = []
        self._known_ancestors: dict[str, frozenset[str]] = {}
        self.values: dict[str, ast.expr] = {}
        """Names bound once at the top, such as aliases of types and constants."""
        for node in tree.body:
            self._take(node)

    def _take(self, node: ast.stmt) -> None:
        if isinstance(node, ast.ClassDef):
            self.classes[node.name] = node
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self.functions.append(node)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            self.values[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            self.values[node.target.id] = node.value

    def bases(self, node: ast.ClassDef) -> list[str]:
        return [last_name(base) for base in node.bases]

    def is_kind(self, node: ast.ClassDef, kinds: frozenset[str]) -> bool:
        """Whether a class comes from one of these, through classes of the file."""
        return not kinds.isdisjoint(self._ancestors(node))

    def _ancestors(self, node: ast.ClassDef) -> frozenset[str]:
        """The names of everything a class comes from; of a line longer than anybody writes, the nearest."""
        if node.name not in self._known_ancestors:
            found: dict[str, None] = {}
            waiting = self.bases(node)
            while waiting and len(found) < MOST_ANCESTORS:
                base = waiting.pop()
                if base not in found:
                    found[base] = None
                    waiting += self.bases(self.classes[base]) if base in self.classes else []
            self._known_ancestors[node.name] = frozenset(found)
        return self._known_ancestors[node.name]

    def is_enum(self, node: ast.ClassDef) -> bool:
        return self.is_kind(node, _ENUMS)

    def is_model(self, node: ast.ClassDef) -> bool:
        return self.is_kind(node, frozenset({"BaseModel"}))

    def enum_values(self, node: ast.ClassDef) -> dict[str, Json]:
        """Member → value; `auto()` counts, or is the lower-case name of a string enum."""
        found: dict[str, Json] = {}
        for statement in node.body:
            if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
                continue
            name = statement.targets[0].id
            if name.startswith("_"):
                continue
            if isinstance(statement.value, ast.Call) and last_name(statement.value.func) == "auto":
                found[name] = name.lower() if "StrEnum" in self.bases(node) else len(found) + 1
            else:
                found[name] = self.literal(statement.value)
        return found

    def literal(self, node: ast.expr, depth: int = 0) -> Json:
        """The JSON value of an expression that needs no running.

        Raises:
            NotLiteralError: only running it could tell.
        """
        if depth > 50:
            raise NotLiteralError
        if isinstance(node, ast.Constant):
            return _constant(node.value)
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return [self.literal(one, depth + 1) for one in node.elts]
        if isinstance(node, ast.Dict):
            return self._mapping(node, depth)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = self.literal(node.operand, depth + 1)
            if isinstance(value, int | float) and not isinstance(value, bool):
                return -value
        if isinstance(node, ast.Name) and node.id in self.values:
            return self.literal(self.values[node.id], depth + 1)
        return self._member(node)

    def _mapping(self, node: ast.Dict, depth: int) -> Json:
        found: dict[str, Json] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            name = self.literal(key, depth + 1) if key is not None else None
            if not isinstance(name, str):
                raise NotLiteralError
            found[name] = self.literal(value, depth + 1)
        return found

    def _member(self, node: ast.expr) -> Json:
        """`Colour.RED` and `Colour.RED.value`."""
        if isinstance(node, ast.Attribute) and node.attr == "value" and isinstance(node.value, ast.Attribute):
            node = node.value
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = self.classes.get(node.value.id)
            values = self.enum_values(owner) if owner is not None and self.is_enum(owner) else {}
            if node.attr in values:
                return values[node.attr]
        raise NotLiteralError


def parse_module(text: str) -> Module:
    """The file's parts.

    Raises:
        UnreadableError: it is no Python, too long, or nested too deeply.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError(f"The Python text is longer than {MAX_CHARACTERS:,} characters.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Module(ast.parse(text))
    except SyntaxError as error:
        raise UnreadableError(f"Line {error.lineno or 1}: this is no Python: {_first_line(error.msg)}.") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnreadableError("The Python text is nested too deeply or holds a zero byte.") from error


def last_name(node: ast.expr) -> str:
    """`Field` of `Field`, `pydantic.Field` and `Field(…)`; empty where there is no name."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _constant(value: object) -> Json:
    if isinstance(value, bytes | complex) or value is Ellipsis:
        raise NotLiteralError
    if isinstance(value, float) and not (-1e308 < value < 1e308):
        raise NotLiteralError
    return value


def _first_line(text: str) -> str:
    return re.split(r"[\n\r]", text)[0].rstrip(".")
