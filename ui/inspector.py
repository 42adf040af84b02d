"""The right-hand card of the Write page: the chosen call as form or JSON, findings, labels, hard cases, tools."""

from __future__ import annotations

import json

import streamlit as st

from curation.model.example import HARD_CASES, NO_TOOL_REASONS, RECOVERY_KINDS, Call, Label, Message
from curation.model.values import Json
from curation.services.composing import (
    arguments_at,
    arguments_text,
    field_text,
    find_definition,
    last_decision,
)
from ui import state
from ui.chat import Scene
from ui.editor import Field, draw
from ui.findings import show_findings
from ui.forms import draw_form, list_arguments
from ui.layout import card_title
from ui.places import belongs_to
from ui.state import Slot
from ui.text import plain

VIEW: Slot[str] = Slot("write.view", "Form")
VIEWS = ("Form", "JSON")


def draw_inspector(scene: Scene) -> None:
    """Everything about the chosen call or turn."""
    turn, index = chosen_place(scene)
    call = _call_at(scene, turn, index)
    if call is not None and turn is not None and index is not None:
        _draw_call(scene, turn, index, call)
    show_findings(scene.judged, page=scene.page, is_editable=scene.is_editable)
    if turn is not None:
        _draw_label(scene, turn, scene.example.messages[turn])
    _draw_row_properties(scene)


def chosen_place(scene: Scene) -> tuple[int | None, int | None]:
    """The turn and call the inspector shows: the chosen ones, else the last decision and its first call."""
    turn_id, _, index = scene.selected.partition("/")
    if turn_id in scene.ids:
        turn = scene.ids.index(turn_id)
        return turn, int(index) if index.isdigit() else (0 if scene.example.messages[turn].calls else None)
    decisions = [i for i, message in enumerate(scene.example.messages) if message.role == "assistant"]
    if not decisions:
        return None, None
    turn = last_decision(scene.example)
    with_calls = [i for i in decisions if scene.example.messages[i].calls]
    if not scene.example.messages[turn].calls and with_calls:
        return with_calls[-1], 0
    return turn, 0 if scene.example.messages[turn].calls else None


def _call_at(scene: Scene, turn: int | None, index: int | None) -> Call | None:
    if turn is None or index is None:
        return None
    calls = scene.example.messages[turn].calls or ()
    return calls[index] if index < len(calls) else None


def _draw_call(scene: Scene, turn: int, index: int, call: Call) -> None:
    name = field_text(call.name)
    handle = f"{scene.ids[turn]}/{index}"
    with card_title(name or "no name", f"{field_text(call.id) or 'call'} in turn {turn + 1}"):
        if scene.is_editable:
            st.button(
                "Remove",
                key=f"write.uncall.{scene.example_id}.{handle}",
                type="tertiary",
                icon=":material/delete:",
                on_click=state.ask,
                args=("remove_call", handle),
            )
    _draw_tool_choice(scene, handle, name)
    at = arguments_at(turn, index)
    key = f"write.args.{scene.example_id}.{scene.ids[turn]}.{field_text(call.id) or index}"
    definition = find_definition(scene.example, name)
    schema = definition.view.parameters if definition else None
    form, raw = _view_tabs(scene)
    value = _parsed(arguments_text(call))
    if VIEW.get() == "Form":
        with form:
            _draw_form(scene, key, at, schema, value)
        return
    with raw:
        _draw_json(scene, key, at, call)


def _view_tabs(scene: Scene) -> tuple[st.delta_generator.DeltaGenerator, st.delta_generator.DeltaGenerator]:
    key = f"write.view.{scene.example_id}"
    st.session_state[key] = VIEW.get()
    tabs = st.tabs(list(VIEWS), key=key, on_change=_viewed, args=(key,))
    return tabs[0], tabs[1]


def _viewed(key: str) -> None:
    if st.session_state.get(key) in VIEWS:
        VIEW.set(str(st.session_state[key]))


def flip_view() -> None:
    """Form to JSON and back."""
    VIEW.set("JSON" if VIEW.get() == "Form" else "Form")


def _draw_form(scene: Scene, key: str, at: str, schema: Json, value: Json) -> None:
    arguments = list_arguments(schema, value if isinstance(value, dict) else {}, at)
    if not isinstance(value, dict):
        st.caption("The arguments are not one JSON object; put them right in the JSON view.")
    elif not arguments:
        st.caption("This tool takes no arguments, or the row offers no tool of this name.")
    else:
        scene.fields.update(
            draw_form(
                arguments,
                key=key,
                claim=scene.claim,
                judged=scene.judged,
                is_editable=scene.is_editable,
                page=scene.page,
            )
        )


def _draw_json(scene: Scene, key: str, at: str, call: Call) -> None:
    draw(
        Field(
            key=f"{key}.json",
            label=f"Arguments of {field_text(call.name) or 'the call'} as JSON",
            value=arguments_text(call),
            claim=scene.field_claim(at),
            mode="json",
            placeholder="{}",
            is_disabled=not scene.is_editable,
            findings=tuple(one for one in scene.judged if belongs_to(one.finding.at, at)),
        )
    )
    scene.fields[f"{key}.json"] = at
    st.caption("Esc, then Tab leaves the field · Ctrl+S saves at once")


def _draw_tool_choice(scene: Scene, handle: str, name: str) -> None:
    if not scene.is_editable:
        return
    names = sorted({*scene.tools, *([name] if name else [])})
    key = f"write.tool.{scene.example_id}.{handle}.{name}"
    st.selectbox(
        "Tool",
        names,
        index=names.index(name) if name in names else None,
        key=key,
        placeholder="Choose a tool",
        label_visibility="collapsed",
        on_change=_tool_chosen,
        args=(key, handle),
    )


def _tool_chosen(key: str, handle: str) -> None:
    state.ask("change_tool", handle, str(st.session_state[key]))


def _draw_label(scene: Scene, turn: int, message: Message) -> None:
    if message.role != "assistant":
        return
    with card_title("Labels on this decision", f"turn {turn + 1}"):
        pass
    label = message.label or Label()
    left, right = st.columns(2, gap="small")
    if message.calls:
        _choice(left, scene, turn, "recovery", "Recovery", RECOVERY_KINDS, label.recovery)
        _weight(right, scene, turn, message)
        return
    _choice(left, scene, turn, "reason", "Why no tool is called", NO_TOOL_REASONS, label.reason)
    if label.reason == "missing_information":
        _missing(right, scene, turn, label)
    else:
        _choice(right, scene, turn, "recovery", "Recovery", RECOVERY_KINDS, label.recovery)


def _choice(
    column: st.delta_generator.DeltaGenerator,
    scene: Scene,
    turn: int,
    part: str,
    title: str,
    options: tuple[str, ...],
    value: str | None,
) -> None:
    all_options = ["", *options, *([value] if value and value not in options else [])]
    key = f"write.label.{scene.example_id}.{scene.ids[turn]}.{part}.{value}"
    column.selectbox(
        plain(title),
        all_options,
        index=all_options.index(value or ""),
        format_func=lambda one: one.replace("_", " ") or "none",
        key=key,
        disabled=not scene.is_editable,
        on_change=_labelled,
        args=(key, scene.ids[turn], part),
    )


def _weight(column: st.delta_generator.DeltaGenerator, scene: Scene, turn: int, message: Message) -> None:
    is_trained = getattr(message.weight, "json", "1") != "0"
    key = f"write.weight.{scene.example_id}.{scene.ids[turn]}.{is_trained}"
    column.selectbox(
        "Is this turn learned",
        ["yes", "no"],
        index=0 if is_trained else 1,
        format_func=lambda one: "yes" if one == "yes" else "no, it shows a mistake",
        key=key,
        disabled=not scene.is_editable,
        on_change=_labelled,
        args=(key, scene.ids[turn], "weight"),
    )


def _missing(column: st.delta_generator.DeltaGenerator, scene: Scene, turn: int, label: Label) -> None:
    names = _argument_names(scene)
    options = [*names, *(one for one in label.missing if one not in names)]
    key = f"write.missing.{scene.example_id}.{scene.ids[turn]}.{'.'.join(label.missing)}"
    column.multiselect(
        "What is missing",
        options,
        default=list(label.missing),
        key=key,
        disabled=not scene.is_editable,
        accept_new_options=True,
        on_change=_labelled,
        args=(key, scene.ids[turn], "missing"),
    )


def _argument_names(scene: Scene) -> list[str]:
    offered = scene.example.tools if isinstance(scene.example.tools, tuple) else ()
    names: dict[str, None] = {}
    for one in offered:
        parameters = one.view.parameters
        properties = parameters.get("properties") if isinstance(parameters, dict) else None
        names |= dict.fromkeys(properties if isinstance(properties, dict) else ())
    return list(names)


def _labelled(key: str, turn_id: str, part: str) -> None:
    value = st.session_state[key]
    text = json.dumps(value) if isinstance(value, list) else str(value or "")
    state.ask(f"label_{part}", turn_id, text)


def _draw_row_properties(scene: Scene) -> None:
    offered = [one.view.name or "" for one in scene.example.tools] if isinstance(scene.example.tools, tuple) else []
    tags = list(scene.example.tags)
    key = f"write.tags.{scene.example_id}.{'.'.join(tags)}"
    st.multiselect(
        "Hard cases",
        [*HARD_CASES, *(tag for tag in tags if tag not in HARD_CASES)],
        default=tags,
        format_func=lambda one: one.replace("_", " "),
        key=key,
        disabled=not scene.is_editable,
        on_change=_tagged,
        args=(key, "tags"),
    )
    names = sorted({*scene.tools, *offered} - {""})
    key = f"write.offered.{scene.example_id}.{'.'.join(offered)}"
    st.multiselect(
        "Tools offered to the model",
        names,
        default=[name for name in offered if name],
        key=key,
        disabled=not scene.is_editable,
        on_change=_tagged,
        args=(key, "offered"),
    )
    if scene.is_editable:
        st.button(
            "Put this example away",
            key=f"write.archive.{scene.example_id}",
            type="tertiary",
            icon=":material/archive:",
            on_click=state.ask,
            args=("archive",),
        )


def _tagged(key: str, part: str) -> None:
    state.ask(part, "", json.dumps(st.session_state[key]))


def _parsed(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
