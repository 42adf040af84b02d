"""Who is asked in the playground, and how: model, tools, path, decoding, repairs and the system prompt."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec
import streamlit as st

from curation.model.definition import Tool
from curation.services import cataloguing, playground_models
from curation.services.playground_chats import MOST_CHARACTERS, MOST_REPAIRS, Chat
from curation.services.playground_models import Choice
from curation.services.playground_states import DECODINGS, Settings
from ui import state
from ui.playground_words import DECODING_NOTES, DECODING_WORDS, MODE_NOTES, MODE_WORDS
from ui.session import workspace
from ui.state import Slot
from ui.text import count, plain, shorten

PAGE = "playground"
NOW = 0
"""The tools as they are, among the numbers of catalogues."""
SIDE_BY_SIDE = "all"
NOBODY = "-"
"""No second model, among the ids of models."""
GONE = "not here any more"
_REFUSED: Slot[int] = Slot("playground.refused", 0)
"""Part of every key: a control keeps its own state otherwise, and would show what was refused as if it held."""


def draw_setup(chat: Chat, models: tuple[Choice, ...], tools: dict[str, Tool], *, is_off: bool) -> None:
    """One row of choices; each holds from the next answer on, and none can be changed under the one on its way."""
    settings, choose = chat.settings, partial(_choose, is_off=is_off)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="playground-setup"):
        _draw_model(chat, models, choose)
        _draw_second(chat, models, choose)
        _draw_tools(chat, choose)
        choose(
            "Path", "mode", list(MODE_WORDS), settings.mode, MODE_WORDS, 150, help_text=_notes(MODE_WORDS, MODE_NOTES)
        )
        shown = settings.decodings[0] if len(settings.decodings) == 1 else SIDE_BY_SIDE
        words = {**DECODING_WORDS, SIDE_BY_SIDE: "Side by side"}
        choose(
            "Decoding", "decodings", list(words), shown, words, 170, help_text=_notes(DECODING_WORDS, DECODING_NOTES)
        )
        rounds = {str(n): "none" if not n else f"up to {n}" for n in range(MOST_REPAIRS + 1)}
        choose(
            "Repairs", "repairs", list(rounds), str(settings.repairs), rounds, 120,
            help_text="How often the findings are said back to the model. Each round is counted and costed.",
        )  # fmt: skip
        with st.popover("More", icon=":material/tune:", type="tertiary", width="content", key="playground.more"):
            _draw_more(chat, tools, is_off=is_off)


def choose_model(chat: Chat, models: tuple[Choice, ...]) -> str:
    """Which of the choices stands in the first select box."""
    chosen = chat.settings.model_id
    if not chosen and chosen not in {one.id for one in models}:
        return playground_models.default_model(workspace(), chat.project_id)
    return chosen


def draw_settings_anew() -> None:
    """After a refusal: every control shows what holds."""
    _REFUSED.set(_REFUSED.get() + 1)


def change(settings: Settings, name: str, value: str) -> Settings:
    """The settings after one choice."""
    if name == "decodings":
        return msgspec.structs.replace(settings, decodings=DECODINGS if value == SIDE_BY_SIDE else (value,))
    if name == "catalogue_n":
        return msgspec.structs.replace(settings, catalogue_n=int(value) or None)
    if name == "repairs":
        return msgspec.structs.replace(settings, repairs=int(value))
    if name == "second_id":
        return msgspec.structs.replace(settings, second_id=None if value == NOBODY else value)
    if name == "hands_back":
        return msgspec.structs.replace(settings, hands_back=value == "yes")
    return msgspec.structs.replace(settings, **{name: value})


def _draw_model(chat: Chat, models: tuple[Choice, ...], choose: Callable[..., None]) -> None:
    names, chosen = _names(models), choose_model(chat, models)
    if chosen not in names:
        names[chosen] = GONE
    choose("Model", "model_id", list(names), chosen, names, 250)


def _draw_second(chat: Chat, models: tuple[Choice, ...], choose: Callable[..., None]) -> None:
    """A second one beside it; nothing to choose where there is no other."""
    held = chat.settings.second_id
    alone = msgspec.structs.replace(chat.settings, second_id=None)
    first = playground_models.asked_ids(workspace(), chat.project_id, alone)
    names = {NOBODY: "none"}
    names |= {key: name for key, name in _names(models).items() if key == held or key not in ("", *first)}
    if held is not None and held not in names:
        names[held] = GONE
    if len(names) > 1:
        choose(
            "Beside it", "second_id", list(names), NOBODY if held is None else held, names, 200,
            help_text="Every message is answered by both, side by side, each judged, run and costed on its own.",
        )  # fmt: skip


def _names(models: tuple[Choice, ...]) -> dict[str, str]:
    return {one.id: f"{shorten(one.name, 32)} · {shorten(one.note, 32)}" for one in models}


def _draw_role(chat: Chat, tools: dict[str, Tool], choose: Callable[..., None]) -> None:
    """Only roles that some tool is closed to: another one changes nothing."""
    closed = {role for tool in tools.values() for role in tool.policy.forbidden_roles}
    roles = sorted(role for role in closed | {chat.settings.role} if role)
    if roles:
        names = {"": "nobody in particular"} | {role: shorten(role, 40) for role in roles}
        choose(
            "The user is", "role", list(names), chat.settings.role, names, 250,
            help_text="The guard refuses calls that must not be made on behalf of this role. The model is not told: "
            "say it in the system prompt.",
        )  # fmt: skip


def _draw_tools(chat: Chat, choose: Callable[..., None]) -> None:
    versions = {one.n: one for one in cataloguing.list_catalogues(workspace(), chat.project_id)}
    names = {str(NOW): "As they are now"}
    names |= {str(n): f"v{n} · {count(len(one.tools), 'tool')}" for n, one in versions.items()}
    choose("Tools", "catalogue_n", list(names), str(chat.settings.catalogue_n or NOW), names, 170)


def _draw_more(chat: Chat, tools: dict[str, Tool], *, is_off: bool) -> None:
    held = chat.settings.hands_back
    key = f"playground.hands_back.{held}.{_REFUSED.get()}"
    st.toggle(
        "Hand mocked results back at once",
        held,
        key=key,
        disabled=is_off,
        on_change=_switched,
        args=(key,),
        help="Otherwise the result is shown first, and may be edited or made a failure.",
    )
    _draw_role(chat, tools, partial(_choose, is_off=is_off))
    is_begun = bool(chat.example.messages)
    at = f"playground.system.{chat.id}.{chat.settings.system == ''}.{_REFUSED.get()}"
    st.text_area(
        "System prompt",
        chat.settings.system,
        key=at,
        height=120,
        max_chars=MOST_CHARACTERS,
        disabled=is_begun or is_off,
        on_change=_written,
        args=(at,),
        placeholder="Optional: what the model is told before the first message",
    )
    if is_begun:
        st.caption("It stands at the beginning of a conversation: begin a new one to change it.")


def _choose(
    label: str,
    name: str,
    options: list[str],
    held: str,
    words: dict[str, str],
    width: int,
    help_text: str = "",
    *,
    is_off: bool,
) -> None:
    # The key carries the value: a select box keeps its own state otherwise, and would hide what another tab chose.
    key = f"playground.{name}.{held}.{_REFUSED.get()}"
    st.selectbox(
        plain(label),
        options,
        options.index(held) if held in options else None,
        key=key,
        format_func=lambda one: words.get(one, one),
        width=width,
        disabled=is_off,
        on_change=_chosen,
        args=(key, name),
        help=help_text or None,
    )


def _chosen(key: str, name: str) -> None:
    state.ask("set", name, str(st.session_state[key]), page=PAGE)


def _switched(key: str) -> None:
    state.ask("set", "hands_back", "yes" if st.session_state[key] else "no", page=PAGE)


def _written(key: str) -> None:
    state.ask("set", "system", str(st.session_state[key]), page=PAGE)


def _notes(words: dict[str, str], notes: dict[str, str]) -> str:
    return "\n\n".join(f"**{plain(words[name])}**: {plain(note)}" for name, note in notes.items())
