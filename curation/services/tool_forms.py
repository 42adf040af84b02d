"""A tool as the text fields of its form, and the fields put together as a tool again."""

from __future__ import annotations

import json
from typing import cast, get_args

import msgspec

from curation.errors import BlockedError, UnreadableError
from curation.model.definition import Definition, Policy, SideEffect, Tool
from curation.model.outline import compact, lay_out
from curation.reading.strict import parse_strict
from curation.services.parameter_forms import EMPTY
from curation.services.tool_facts import (
    build_errors,
    build_execution,
    build_samples,
    show_errors,
    show_execution,
    show_samples,
)

FIELD_NAMES = (
    "name",
    "description",
    "parameters",
    "side_effect",
    "idempotent",
    "idempotency_parameter",
    "policy",
    "approval",
    "approver",
    "forbidden_roles",
    "timeout_s",
    "retry",
    "most_retries",
    "rate_calls",
    "rate_period_s",
    "result_schema",
    "errors",
    "samples",
)
"""Every field of a tool's draft; each is one text."""
YES_NO = {None: "", True: "yes", False: "no"}


def read_fields(tool: Tool | None) -> dict[str, str]:
    """What the form shows of a stored tool; of none: an empty one."""
    if tool is None:
        return dict.fromkeys(FIELD_NAMES, "") | {"parameters": lay_out(EMPTY)}
    view = tool.definition.view
    return {
        "name": tool.name,
        "description": view.description or "",
        "parameters": lay_out_or_keep(view.parameters_text or EMPTY),
        "side_effect": tool.side_effect or "",
        "idempotent": YES_NO[tool.idempotent],
        "idempotency_parameter": tool.idempotency_parameter or "",
        "policy": tool.policy.text,
        "approval": tool.policy.approval,
        "approver": tool.policy.approver,
        "forbidden_roles": ", ".join(tool.policy.forbidden_roles),
        "result_schema": lay_out_or_keep(tool.result_schema or ""),
        "errors": show_errors(tool.errors),
        "samples": show_samples(tool.samples),
        **show_execution(tool.execution),
    }


def build_tool(fields: dict[str, str], base: Tool | None) -> Tool:
    """The tool the fields describe. A definition nobody touched keeps its exact text; broken JSON is refused."""
    if not fields["name"].strip():
        raise BlockedError("The tool has no name.", hint="Give it the name a model will call it by.")
    definition = base.definition if base and not _defines_anew(fields, base) else _write_definition(fields, base)
    result_schema = fields["result_schema"].strip()
    return Tool(
        definition=definition,
        side_effect=cast(SideEffect, fields["side_effect"]) if fields["side_effect"] in get_args(SideEffect) else None,
        idempotent={"yes": True, "no": False}.get(fields["idempotent"]),
        idempotency_parameter=fields["idempotency_parameter"].strip() or None,
        policy=_policy(fields),
        result_schema=_checked(result_schema, "The result schema") if result_schema else None,
        errors=build_errors(fields["errors"]),
        execution=build_execution(fields),
        samples=build_samples(fields["samples"]),
    )


def _policy(fields: dict[str, str]) -> Policy:
    roles = tuple(role.strip() for role in fields["forbidden_roles"].split(",") if role.strip())
    return Policy(fields["policy"], fields["approval"], fields["approver"], roles)


def fault_of(text: str) -> str:
    """Where and why a text is not one JSON value; empty when it is."""
    faults = parse_strict(text).faults
    return f"Line {faults[0].line}, column {faults[0].column}: {faults[0].message}" if faults else ""


def lay_out_or_keep(text: str) -> str:
    """JSON set out for reading; anything else as it is."""
    return lay_out(text) if text and not fault_of(text) else text


def _defines_anew(fields: dict[str, str], base: Tool) -> bool:
    stored = read_fields(base)
    same_words = all(fields[name] == stored[name] for name in ("name", "description"))
    return not (same_words and compact(fields["parameters"]) == compact(stored["parameters"]))


def _write_definition(fields: dict[str, str], base: Tool | None) -> Definition:
    parts = {
        "name": _quoted(fields["name"].strip()),
        "description": _quoted(fields["description"]),
        "parameters": _checked(fields["parameters"], "The parameters"),
    }
    outer = _members(base.definition.text) if base else {}
    if outer and "function" not in outer:
        return Definition(_joined(outer | parts))
    function = _members(outer.get("function", "{}")) | parts
    return Definition(_joined({"type": '"function"'} | outer | {"function": _joined(function)}))


def _checked(text: str, what: str) -> str:
    fault = fault_of(text)
    if fault:
        raise UnreadableError(f"{what} cannot be saved. {fault}", hint="Your text is kept as a draft; mend it first.")
    return compact(text)


def _members(text: str) -> dict[str, str]:
    """The members of an object as exact texts; of anything else: none."""
    try:
        members = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return {}
    return {name: bytes(raw).decode() for name, raw in members.items()}


def _joined(members: dict[str, str]) -> str:
    return "{" + ",".join(f"{_quoted(name)}:{text}" for name, text in members.items()) + "}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
