"""Labels on a decision: why no tool is called, what is missing, how it recovers, whether it is learned."""

from __future__ import annotations

import json

import streamlit as st

from curation.model.example import NO_TOOL_REASONS, RECOVERY_KINDS, Label, Message
from ui import state
from ui.expected_fold import draw_expected
from ui.layout import card_title
from ui.scene import Scene
from ui.text import plain


def label_at(turn: int, part: str = "") -> str:
    """The pointer of a decision's label, or of one part of it; the weight stands beside the label."""
    if part == "weight":
        return f"/messages/{turn}/weight"
    return f"/messages/{turn}/label/{part}".rstrip("/")


def draw_labels(scene: Scene, turn: int, message: Message, index: int = 0) -> None:
    """The labels of an assistant turn; what counts as right is said of one call of it."""
    if message.role != "assistant":
        return
    with card_title("Labels on this decision", f"turn {turn + 1}"):
        pass
    label = message.label or Label()
    left, right = st.columns(2, gap="small")
    if message.calls:
        _choice(left, scene, turn, "recovery", "Recovery", RECOVERY_KINDS, label.recovery)
        _weight(right, scene, turn, message)
        draw_expected(scene, turn, min(index, len(message.calls) - 1))
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
    scene.spots[label_at(turn, part)] = key


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
    scene.spots[label_at(turn, "weight")] = key


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
    scene.spots[label_at(turn, "missing")] = key


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
