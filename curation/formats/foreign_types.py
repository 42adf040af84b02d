"""Definitions whose types have the names of Python or of a benchmark, mended into JSON Schema."""

from __future__ import annotations

from curation.formats.composing import Composition
from curation.formats.named_types import read_type
from curation.formats.slices import Members, cut_list, cut_object, paste, text_of
from curation.model.source import write_list

_MOST_DEPTH = 40


class TypeMender:
    """Puts types under their JSON names and remembers which it met; what has no other name stays as it is."""

    def __init__(self) -> None:
        self.met: dict[str, str] = {}
        """Foreign name → ours."""

    def mend_definition(self, source: str) -> str:
        """A definition, wrapped or bare, with the types of its parameters mended."""
        outer = cut_object(source)
        if outer is None:
            return source
        if cut_object(outer.get("function")) is not None:
            return paste(outer | {"function": self.mend_definition(outer["function"])})
        return paste({key: self.mend_schema(one) if key == "parameters" else one for key, one in outer.items()})

    def mend_schema(self, source: str, depth: int = 0) -> str:
        """A schema with all schemas inside it."""
        members = cut_object(source)
        if members is None or depth > _MOST_DEPTH:
            return source
        return paste(self.mend_type({key: self._mend_member(key, one, depth) for key, one in members.items()}))

    def mend_type(self, members: Members) -> Members:
        """The members of one schema with its own type mended."""
        name = text_of(members.get("type"))
        known = read_type(name) if name is not None else None
        if name is None or known is None or known.members.get("type") == members["type"]:
            return members
        self.met[name] = text_of(known.members.get("type")) or "anything"
        mended: Members = {}
        for key, source in members.items():
            if key == "type":
                mended |= {one: value for one, value in known.members.items() if one == "type" or one not in members}
            else:
                mended[key] = source
        return mended

    def _mend_member(self, key: str, source: str, depth: int) -> str:
        if key == "properties":
            inner = cut_object(source)
            if inner is None:
                return source
            return paste({name: self.mend_schema(one, depth + 1) for name, one in inner.items()})
        if key in ("items", "additionalProperties"):
            return self.mend_schema(source, depth + 1)
        if key in ("anyOf", "oneOf", "allOf"):
            elements = cut_list(source)
            return source if elements is None else write_list([self.mend_schema(one, depth + 1) for one in elements])
        return source


def note_types(composition: Composition, mender: TypeMender, k: int) -> None:
    """Say which names the types of a definition had."""
    if mender.met:
        names = ", ".join(f"`{foreign}` as `{ours}`" for foreign, ours in mender.met.items())
        composition.find("T17", f"/tools/{k}", f"Its types have other names than JSON Schema's; {names} was read.")


def mend_schema(source: str) -> str:
    """A schema with every type under its JSON name."""
    return TypeMender().mend_schema(source)
