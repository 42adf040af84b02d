"""What counts as right, in words: for the fold on Write, and as lines below a turn where it is only read."""

from __future__ import annotations

import streamlit as st

from curation.model.example import Message
from curation.services import expecting
from curation.services.expecting import Expectation
from curation.services.text_fields import field_text
from ui.scene import Scene
from ui.text import plain, shorten

KIND_WORDS = {
    "normalised": "as usual: the same meaning",
    "exact": "exactly, letter by letter",
    "case_fold": "exactly, but for capitals",
    "number": "as a number, within a tolerance",
    "date": "as a date",
    "set": "as a list in any order",
    "regex": "by a pattern",
    "contains": "by a text it contains",
    "any_of": "with a list of values",
    "ignore": "not at all",
}
"""How an argument is compared, as the end of a sentence."""
SETTING_LABELS = {
    "number": "Tolerance",
    "regex": "Pattern of the whole value",
    "contains": "Texts it contains",
    "any_of": "Values, each as good",
}
ORDER_WORDS = {"any": "any order is right", "sequence": "only this order is right"}
MAX_NAME = 60
MAX_VALUE = 120


def draw_expected_lines(scene: Scene, turn: int, message: Message) -> None:
    """One line for each argument about which something is said; nothing where all is as usual."""
    if message.label is not None and message.label.order != "any":
        st.caption(f":material/rule: {ORDER_WORDS[message.label.order].capitalize()}")  # safe: our words
    if not scene.example.acceptable and not (message.label is not None and message.label.comparators):
        return
    calls = message.calls or ()
    for index, call in enumerate(calls):
        name = f"call {index + 1}, {field_text(call.name)[:MAX_NAME]} · " if len(calls) > 1 else ""
        for one in expecting.list_expectations(scene.example, turn, index):
            if one.is_said:
                st.caption(":material/rule: " + plain(f"{name}{_words(one)}"))


def _words(one: Expectation) -> str:
    """`city: Roma or Rom is right as well, may be left out, compared by a pattern (Rom.*)`."""
    said = [f"{shorten(' or '.join(one.others.split(chr(10))), MAX_VALUE)} is right as well"] if one.others else []
    said += ["may be left out"] if one.may_be_left_out else []
    if one.kind != expecting.NORMALISED:
        setting = f" ({shorten(' or '.join(one.setting.split(chr(10))), MAX_VALUE)})" if one.setting else ""
        said.append(f"compared {KIND_WORDS.get(one.kind, one.kind[:MAX_NAME])}{setting}")
    return f"{one.argument[:MAX_NAME]}: {', '.join(said)}"
