"""Models whose schema refers to a part of itself: pydantic would look for a model behind each reference, in vain."""

from __future__ import annotations

from curation.model.values import Json
from curation.toolkits.contract import Schema

_ELSEWHERE = ("http://", "https://")
LOSS = (
    "its schema refers to a part of itself: any value is taken there; its model prints the schema whole, a model "
    "around it prints an open object"
)


def refers(schema: Json) -> bool:
    """Whether it holds a reference that pydantic would look up among its own models."""
    waiting: list[Json] = [schema]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            target = one.get("$ref")
            if isinstance(target, str) and not target.startswith(_ELSEWHERE):
                return True
            waiting += one.values()
    return False


def spell_printing(name: str, schema: Schema) -> list[str]:
    """The methods of a model that print its schema as it stands, and an open object where another model holds it."""
    elsewhere = {"type": "object", "description": f"Refers to parts of itself: {name}.model_json_schema() prints it."}
    return [
        "",
        "    @classmethod",
        "    def model_json_schema(cls, *_told: Any, **_how: Any) -> Any:",
        f"        return {schema!r}",
        "",
        "    @classmethod",
        "    def __get_pydantic_json_schema__(cls, *_told: Any) -> Any:",
        f"        return {elsewhere!r}",
    ]
