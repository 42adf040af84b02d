"""The conversation on screen: one row a turn, text in place, a card a call, one line a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from curation.model.definition import Tool
from curation.model.example import Call, Example, Message
from curation.model.finding import Judged, Severity
from curation.model.values import Exact
from curation.services.result_edits import error_in, unanswered_calls
from curation.services.text_fields import arguments_text, content_at, field_text
from ui import state
from ui.call_lines import call_lines, result_summary
from ui.editor import Field, draw
from ui.places import belongs_to, call_of, turn_of
from ui.text import clip, named, plain, say, source, words
from ui.tokens import Claim

ROLE_LOOK: dict[str, tuple[str, str]] = {
    "system": (":material/settings:", "System"),
    "developer": (":material/settings:", "Developer"),
    "user": (":material/person:", "User"),
    "assistant": (":material/smart_toy:", "Assistant"),
    "tool": (":material/subdirectory_arrow_right:", "Result"),
}
EFFECT_LOOK = {
    "read": (":material/visibility:", "blue"),
    "write": (":material/edit:", "violet"),
    "destructive": (":material/bolt:", "orange"),
}
GUTTER_PX = 104
MENU_PX = 34
GUTTER_FOOT_PX = 8
CARD_HEAD_PX = 8
"""How much lower than running text the first line of a call card stands."""
PLACEHOLDERS = {
    "user": "What the user says",
    "assistant": "What the assistant answers",
    "system": "Instructions of the system",
    "tool": "What the tool returns, as JSON",
}


@dataclass
class Scene:
    """One drawing of a conversation: what it shows, and the text fields it put on the page (key → pointer)."""

    example_id: str
    example: Example
    ids: tuple[str, ...]
    judged: Sequence[Judged]
    tools: dict[str, Tool]
    claim: Claim
    is_editable: bool
    page: str
    selected: str = ""
    """`<turn id>` or `<turn id>/<call>` of what the inspector shows."""
    fields: dict[str, str] = field(default_factory=dict)
    spots: dict[str, str] = field(default_factory=dict)
    """Where the cursor can go, in the order drawn: pointer → widget key."""
    told: list[str] = field(default_factory=list)
    """Pointers of the inspector's fields: what is found there is said there."""

    def add_field(self, key: str, pointer: str) -> None:
        """A text field is on the page."""
        self.fields[key] = pointer
        self.spots[pointer] = key

    def at_turn(self, turn: int) -> list[Judged]:
        return [one for one in self.judged if turn_of(one.finding.at) == turn]

    def field_claim(self, pointer: str) -> Claim:
        old = self.claim
        return Claim(old.person_id, old.project_id, old.kind, old.object_id, pointer, old.base_rev)


def draw_conversation(scene: Scene) -> None:
    """Every turn, top to bottom."""
    for turn, message in enumerate(scene.example.messages):
        with st.container(horizontal=True, wrap=False, gap="xsmall", key=_row_key(scene, turn)):
            with st.container(width=GUTTER_PX, gap="xxsmall"):
                _gutter(turn, message)
            with st.container(width="stretch", gap="small"):
                _body(scene, turn, message)
            if scene.is_editable:
                with st.container(width=MENU_PX, gap=None):
                    if message.calls and not field_text(message.content):
                        st.space(CARD_HEAD_PX)
                    _turn_menu(scene, turn, message)


def _row_key(scene: Scene, turn: int) -> str:
    return f"{scene.page}.turn.{scene.example_id}.{scene.ids[turn]}"


def _gutter(turn: int, message: Message) -> None:
    icon, word = ROLE_LOOK.get(field_text(message.role), (":material/help:", field_text(message.role) or "no role"))
    st.markdown(say(f"{icon} **{{word}}**", word=plain_role(word)))
    note = field_text(message.tool_call_id) if message.role == "tool" else f"turn {turn + 1}"
    st.caption(plain(note, 14))
    # A caption reaches 14 px below its own box; without room for that the whole row gets a scrollbar.
    st.space(GUTTER_FOOT_PX)


def plain_role(word: str) -> str:
    """A role's name, short enough for the gutter."""
    return word if len(word) <= 12 else word[:11] + "…"


def _turn_menu(scene: Scene, turn: int, message: Message) -> None:
    key = f"{scene.page}.menu.{scene.example_id}.{scene.ids[turn]}"
    st.menu_button(
        ":material/more_vert:",
        turn_acts(scene, turn, message),
        key=key,
        type="tertiary",
        help=f"What to do with turn {turn + 1}",
        on_click=_menu_chosen,
        args=(key, scene.ids[turn], scene.page),
    )


def turn_acts(scene: Scene, turn: int, message: Message) -> list[str]:
    """Only what can be done with this turn as it stands."""
    acts: list[str] = []
    if message.role == "assistant":
        acts += ["Label", "Add a call here"]
    if message.role == "tool" and error_in(field_text(message.content)) is None:
        acts.append("Make it fail")
    if turn > 0:
        acts.append("Move up")
    if turn + 1 < len(scene.example.messages):
        acts.append("Move down")
    return [*acts, "Remove"]


def _menu_chosen(key: str, turn_id: str, page: str) -> None:
    verb = str(st.session_state[key]).lower().replace(" ", "_")
    state.ask(verb, turn_id, page=page)


def _body(scene: Scene, turn: int, message: Message) -> None:
    if message.role == "tool":
        _result(scene, turn, message)
        return
    calls = message.calls or ()
    text = field_text(message.content)
    if text or not calls:
        _text(scene, turn, message, text)
    for index, call in enumerate(calls):
        _call(scene, turn, index, call)
    if scene.is_editable and calls:
        _result_button(scene, turn)
    if message.label is not None:
        _label_badges(message)


def _text(scene: Scene, turn: int, message: Message, text: str) -> None:
    if not scene.is_editable:
        shown, rest = clip(text)
        words(shown)
        if rest:
            st.caption(plain(rest))
        return
    role = field_text(message.role)
    _draw_field(
        scene,
        content_at(turn),
        f"{scene.page}.text.{scene.example_id}.{scene.ids[turn]}",
        label=f"{ROLE_LOOK.get(role, ('', role))[1]}, turn {turn + 1}",
        value=text,
        mode="json" if isinstance(message.content, Exact) else "text",
        placeholder=PLACEHOLDERS.get(role, ""),
    )


def _draw_field(
    scene: Scene, pointer: str, key: str, *, label: str, value: str, mode: str, placeholder: str = ""
) -> None:
    draw(
        Field(
            key=key,
            label=label,
            value=value,
            claim=scene.field_claim(pointer),
            mode="json" if mode == "json" else "text",
            placeholder=placeholder,
            findings=tuple(one for one in scene.judged if belongs_to(one.finding.at, pointer)),
        )
    )
    scene.add_field(key, pointer)


def _call(scene: Scene, turn: int, index: int, call: Call) -> None:
    name = field_text(call.name) or "no name"
    mine = [one for one in scene.at_turn(turn) if call_of(one.finding.at) == index]
    errors = [one for one in mine if one.severity is Severity.ERROR]
    handle = f"{scene.ids[turn]}/{index}"
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(say("**{name}**", name=name), width="content")
            effect = scene.tools[name].side_effect if name in scene.tools else None
            if effect:
                icon, colour = EFFECT_LOOK[effect]
                st.badge(plain(effect), icon=icon, color=colour)
            st.caption(plain(field_text(call.id) or "no id", 24), width="content")
            st.space("stretch")
            if errors:
                st.badge(f"{len(errors):,}", icon=":material/error:", color="red", help="errors in this call")
            _open_button(scene, handle)
        shown, rest = clip(call_lines(arguments_text(call)))
        source(shown or "no arguments")
        if rest:
            st.caption(plain(rest))
        # The open call's faults stand at its fields, beside this card.
        for one in errors[:4] if scene.selected != handle or not scene.is_editable else ():
            st.markdown(f":red[:material/error: {named(one.finding.message)}]")


def _open_button(scene: Scene, handle: str) -> None:
    if not scene.is_editable:
        return
    if scene.selected == handle:
        st.badge("open", icon=":material/arrow_forward:", color="gray")
        return
    st.button(
        "Edit",
        key=f"{scene.page}.open.{scene.example_id}.{handle}",
        type="tertiary",
        icon=":material/edit:",
        on_click=state.ask,
        args=("select", handle),
        kwargs={"page": scene.page},
    )


def _result_button(scene: Scene, turn: int) -> None:
    if not unanswered_calls(scene.example, turn):
        return
    st.button(
        "Add the result",
        key=f"{scene.page}.result.{scene.example_id}.{scene.ids[turn]}",
        type="tertiary",
        icon=":material/subdirectory_arrow_right:",
        on_click=state.ask,
        args=("add_result", scene.ids[turn]),
        kwargs={"page": scene.page},
    )


def result_key(page: str, example_id: str, turn_id: str) -> str:
    """The key of a result's fold; the session holds whether it is open."""
    return f"{page}.fold.{example_id}.{turn_id}"


def _result(scene: Scene, turn: int, message: Message) -> None:
    text = field_text(message.content)
    failure = error_in(text)
    summary = result_summary(text)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if failure is not None:
            st.badge("failed", icon=":material/close:", color="red")
        with st.expander(
            plain(failure or summary, 60) or "empty result",
            type="compact",
            key=result_key(scene.page, scene.example_id, scene.ids[turn]),
            on_change="rerun",
        ):
            if scene.is_editable:
                _draw_field(
                    scene,
                    content_at(turn),
                    f"{scene.page}.text.{scene.example_id}.{scene.ids[turn]}",
                    label=f"Result of {field_text(message.tool_call_id) or 'no call'}, turn {turn + 1}",
                    value=text,
                    mode="json",
                    placeholder=PLACEHOLDERS["tool"],
                )
            else:
                shown, rest = clip(text)
                source(shown)
                if rest:
                    st.caption(plain(rest))


def _label_badges(message: Message) -> None:
    label = message.label
    if label is None:
        return
    with st.container(horizontal=True, gap="small"):
        for word in (label.reason, label.recovery):
            if word:
                st.badge(plain(word.replace("_", " ")), icon=":material/label:", color="violet")
        if label.missing:
            st.badge(plain("asks for " + ", ".join(label.missing), 40), icon=":material/help:", color="violet")
