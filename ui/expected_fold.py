"""What counts as right in an answer, beside the other labels: comparison and other values of each argument, order."""

from __future__ import annotations

import re
from zlib import crc32

import streamlit as st

from curation.model.finding import Judged
from curation.model.places import belongs_to
from curation.services import expecting
from curation.services.expecting import COMPARISONS, OTHERS, SETTING, Expectation, expected_at
from curation.services.text_fields import call_at, field_text
from ui import state
from ui.argument_field import draw_faults
from ui.editor import Field, draw
from ui.expected_words import KIND_WORDS, ORDER_WORDS, SETTING_LABELS
from ui.scene import Scene
from ui.state import Slot
from ui.text import count, plain

_MORE: Slot[tuple[str, ...]] = Slot("write.expected_more", ())
"""Arguments that a call leaves out and something is to be said about."""
MAX_NAME = 60
PLACEHOLDER = "One value a line"


def fold_key(example_id: str, turn_id: str) -> str:
    """The key of a decision's fold; the session holds whether it is open."""
    return f"write.expected.{example_id}.{turn_id}"


def unfold_expected(example_id: str, turn_id: str, at: str) -> None:
    """Open the fold where a pointer leads to one of its fields."""
    if "/expected/" in at:
        st.session_state[fold_key(example_id, turn_id)] = True


def draw_expected(scene: Scene, turn: int, index: int) -> None:
    """The fold about one call; what is folded is not drawn."""
    key = fold_key(scene.example_id, scene.ids[turn])
    # The label counts what is said and names the fold to Streamlit: without this it would fold at every choice.
    st.session_state[key] = bool(st.session_state.get(key))
    said = expecting.list_expectations(scene.example, turn, index)
    fold = st.expander(_title(scene, turn, said), type="compact", key=key, on_change="rerun")  # safe: our words
    if not fold.open:
        return
    with fold:
        _draw_intro(scene, turn, index)
        extra = _MORE.of(_call_key(scene, turn, index))
        listed = {one.argument for one in said}
        more = [expecting.read_one(scene.example, turn, index, name) for name in extra.get() if name not in listed]
        for one in (*said, *more):
            _draw_argument(scene, turn, index, one)
        _draw_more(scene, turn, index, [one.argument for one in more])


def _title(scene: Scene, turn: int, said: tuple[Expectation, ...]) -> str:
    label = scene.example.messages[turn].label
    n_said = sum(one.is_said for one in said) + bool(label and label.order != "any")
    return f"What counts as right · {f'{n_said} said' if n_said else 'the usual'}"


def _draw_intro(scene: Scene, turn: int, index: int) -> None:
    calls = scene.example.messages[turn].calls or ()
    name = field_text(call_at(scene.example, turn, index).name)
    if len(calls) > 1:
        _draw_order(scene, turn)
        alike = sum(field_text(one.name) == name for one in calls) > 1
        shared = " Its comparisons hold for every call of this tool in the turn." if alike else ""
        st.caption(f"Call {index + 1} of {len(calls)}, `{plain(name, MAX_NAME)}`.{shared}")  # safe: made by plain()
    st.caption("An id is always compared letter by letter, unless it is not compared at all.")
    if not expecting.fits_calls(scene.example):
        st.warning(
            "The row's acceptable values belong to no calls. Remove them in the findings, then say others here.",
            icon=":material/warning:",
        )


def _draw_order(scene: Scene, turn: int) -> None:
    label = scene.example.messages[turn].label
    held = label.order if label else "any"
    key = f"write.order.{scene.example_id}.{scene.ids[turn]}.{held}"
    st.selectbox(
        "Order of the calls",
        expecting.ORDERS,
        index=expecting.ORDERS.index(held),
        format_func=ORDER_WORDS.__getitem__,
        key=key,
        disabled=not scene.is_editable,
        on_change=_chosen,
        args=(key, "label_order", scene.ids[turn]),
    )
    scene.spots[f"/messages/{turn}/label/order"] = key


def _draw_argument(scene: Scene, turn: int, index: int, one: Expectation) -> None:
    """Comparison and its setting side by side, other values below them."""
    key = f"{_call_key(scene, turn, index)}.{_safe(one.argument)}"
    at_setting = expected_at(turn, index, one.argument, SETTING)
    left, right = st.columns(2, gap="small")
    with left:
        _draw_kind(scene, one, key, at_setting)
    faults = _found(scene, one.places[0])
    if one.has_setting:
        with right:
            is_lines = one.kind in expecting.LINES
            _draw_text(
                scene, f"{key}.setting.{one.kind}", at_setting, SETTING_LABELS[one.kind], one.setting, is_lines=is_lines
            )
    draw_faults(faults)
    if expecting.fits_calls(scene.example):
        _draw_others(scene, turn, index, one, key)
    scene.told += [place for place in one.places if place]


def _draw_kind(scene: Scene, one: Expectation, key: str, at: str) -> None:
    options = [*COMPARISONS, *([one.kind] if one.kind not in COMPARISONS else [])]
    widget = f"{key}.kind.{_safe(one.kind)}"
    st.selectbox(
        plain(f"{one.argument[:MAX_NAME]} is compared"),
        options,
        index=options.index(one.kind),
        format_func=lambda kind: KIND_WORDS.get(kind, f"“{kind[:MAX_NAME]}”, which is no comparison"),
        key=widget,
        disabled=not scene.is_editable,
        on_change=_chosen,
        args=(widget, "expect_kind", at),
    )
    scene.spots[at] = widget


def _draw_others(scene: Scene, turn: int, index: int, one: Expectation, key: str) -> None:
    at = expected_at(turn, index, one.argument, OTHERS)
    label = f"Other values of {one.argument[:MAX_NAME]} that are right"
    _draw_text(scene, f"{key}.others", at, label, one.others, is_lines=True)
    draw_faults(_found(scene, one.places[1]))
    widget = f"{key}.out.{one.may_be_left_out}"
    st.checkbox(
        plain(f"{one.argument[:MAX_NAME]} may be left out"),
        value=one.may_be_left_out,
        key=widget,
        disabled=not scene.is_editable,
        on_change=_chosen,
        args=(widget, "expect_left_out", at),
    )


def _draw_text(scene: Scene, key: str, at: str, label: str, value: str, *, is_lines: bool) -> None:
    """A field whose text is kept like that of any other."""
    draw(
        Field(
            key=key,
            label=label,
            value=value,
            claim=scene.field_claim(at),
            mode="box" if is_lines else "line",
            placeholder=PLACEHOLDER if is_lines else "",
            is_label_visible=True,
            is_checked_live=False,
            is_disabled=not scene.is_editable,
        )
    )
    scene.add_field(key, at)


def _draw_more(scene: Scene, turn: int, index: int, shown: list[str]) -> None:
    """Arguments that the call leaves out: an answer that gives one may be right as well."""
    names = [name for name in expecting.list_unsaid(scene.example, turn, index) if name not in shown]
    if not names or not scene.is_editable:
        return
    widget = f"{_call_key(scene, turn, index)}.more.{len(shown)}"
    st.selectbox(
        f"An argument that is left out ({count(len(names), 'more', 'more')})",
        names,
        index=None,
        key=widget,
        format_func=lambda name: name[:MAX_NAME],
        placeholder="Type a part of its name",
        on_change=_add,
        args=(widget, _call_key(scene, turn, index)),
    )


def _add(widget: str, call_key: str) -> None:
    name = st.session_state[widget]
    slot = _MORE.of(call_key)
    if name and name not in slot.get():
        slot.set((*slot.get(), str(name)))


def _chosen(widget: str, verb: str, at: str) -> None:
    value = st.session_state[widget]
    state.ask(verb, at, ("yes" if value else "") if isinstance(value, bool) else str(value))


def _found(scene: Scene, place: str) -> list[Judged]:
    return [one for one in scene.loud if place and belongs_to(one.finding.at, place)]


def _call_key(scene: Scene, turn: int, index: int) -> str:
    call = call_at(scene.example, turn, index)
    return f"write.expect.{scene.example_id}.{scene.ids[turn]}.{field_text(call.id) or index}"


def _safe(name: str) -> str:
    """A name for a key; in the browser letters beyond ASCII all look alike, so a number tells them."""
    return name if re.fullmatch(r"[A-Za-z0-9_]+", name) else f"{crc32(name.encode(errors='replace')):08x}"
