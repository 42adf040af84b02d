"""Every keyboard shortcut, once: one letter means one thing in the whole app.

Streamlit refuses C and R with any modifier; nothing destructive has a key without a question.
"""

from __future__ import annotations

from typing import NamedTuple


class Key(NamedTuple):
    """A shortcut as Streamlit takes it, where it works, and what it does."""

    shortcut: str
    place: str
    does: str


NEXT = Key("Alt+J", "Everywhere", "next, or skip")
BACK = Key("Alt+K", "Everywhere", "back")
SUBMIT = Key("Alt+S", "Everywhere", "submit, publish, freeze, promote")
NEXT_ERROR = Key("Alt+I", "Everywhere", "next error, or show what blocks")
UNDO = Key("Alt+Z", "Everywhere", "undo the last act")
SHEET = Key("Alt+H", "Everywhere", "this sheet")
NEXT_ACT = Key("Alt+Enter", "Everywhere", "the page's one next act")
NEW = Key("Alt+D", "Everywhere", "begin a new draft, a new tool or a new conversation")
ACCEPT = Key("Alt+A", "Review", "accept")
REQUEST_CHANGES = Key("Alt+X", "Review", "request changes")
EDIT_AND_ACCEPT = Key("Alt+E", "Review", "edit; Alt+A there accepts")
COMMENT = Key("Alt+M", "Review", "comment")
TOOLS_OFFERED = Key("Alt+Shift+T", "Review", "the tools the model is offered, and back")
TAKE_FIRST = Key("Alt+Left", "Two texts", "take the one at the left")
TAKE_SECOND = Key("Alt+Right", "Two texts", "take the one at the right")
CORRECT = Key("Alt+Shift+E", "Playground", "put the model's call right")
KEEP_ANSWER = Key("Alt+Shift+S", "Playground", "make a draft of the newest answer")
SHOW_LOG = Key("Alt+Shift+O", "Playground", "the log of answers, and back")
ADD_USER = Key("Alt+U", "Write", "add a user turn")
ADD_CALL = Key("Alt+T", "Write", "add a tool call")
ADD_RESULT = Key("Alt+B", "Write", "add the result a call brings back")
ADD_ANSWER = Key("Alt+Y", "Write", "add an answer, the assistant's reply")
NEW_FROM_TEMPLATE = Key("Alt+Shift+D", "Write", "begin a draft from a template for a hard case")
REDO = Key("Alt+Shift+Z", "Write", "do again what was undone")
CHOOSE_RESULT = Key("Alt+Shift+G", "Write", "the result from a mock, or a failure")
ARGUMENT_MENU = Key("Alt+Shift+V", "Write", "leave the argument out, empty it or make it null")
AS_EXPORTED = Key("Alt+Q", "Write", "the line as it is exported, and back")
DUPLICATE_TURN = Key("Alt+Shift+Down", "Write", "duplicate the turn with the cursor")
SPLIT_TURN = Key("Alt+Shift+Enter", "Write", "split the conversation before the turn with the cursor")
REMOVE_TURN = Key("Alt+Delete", "Write", "remove the turn with the cursor")
ADD_RECOVERY = Key("Alt+G", "Write", "failure and recovery")
NEAR_MISS = Key("Alt+N", "Write", "near-miss copy")
DUPLICATE = Key("Alt+Shift+N", "Write", "duplicate the example")
APPLY_FIX = Key("Alt+L", "Write", "apply the first fix")
KEEP_ANYWAY = Key("Alt+W", "Write", "keep the first warning anyway")
FORM_OR_JSON = Key("Alt+V", "Write", "form or JSON")
ADD_PARAMETER = Key("Alt+P", "Catalogue", "add a parameter, an error, a sample call")
ADD_INSIDE = Key("Alt+Shift+P", "Catalogue", "add a field inside the chosen object")
MOVE_UP = Key("Alt+Up", "Everywhere", "move the turn or the parameter up")
MOVE_DOWN = Key("Alt+Down", "Everywhere", "move the turn or the parameter down")
ORDER = Key("Alt+O", "Health", "order what is selected")
FILTER = Key("Alt+Shift+L", "Lists", "narrow the list: the filter's fields")
VIEWS = Key("Alt+Shift+W", "Lists", "views: open one, keep this list as one")
CLEAR_FILTER = Key("Alt+Shift+F", "Lists", "clear the filter")
CHANGE_MANY = Key("Alt+Shift+B", "Lists", "change many examples at once")

KEYS: tuple[Key, ...] = (
    NEXT,
    BACK,
    SUBMIT,
    NEXT_ERROR,
    UNDO,
    SHEET,
    NEXT_ACT,
    NEW,
    ACCEPT,
    REQUEST_CHANGES,
    EDIT_AND_ACCEPT,
    COMMENT,
    TOOLS_OFFERED,
    TAKE_FIRST,
    TAKE_SECOND,
    ADD_USER,
    ADD_CALL,
    ADD_RESULT,
    ADD_ANSWER,
    NEW_FROM_TEMPLATE,
    CHOOSE_RESULT,
    ADD_RECOVERY,
    NEAR_MISS,
    DUPLICATE,
    APPLY_FIX,
    KEEP_ANYWAY,
    FORM_OR_JSON,
    ARGUMENT_MENU,
    AS_EXPORTED,
    REDO,
    DUPLICATE_TURN,
    SPLIT_TURN,
    REMOVE_TURN,
    ADD_PARAMETER,
    ADD_INSIDE,
    MOVE_UP,
    MOVE_DOWN,
    ORDER,
    FILTER,
    VIEWS,
    CLEAR_FILTER,
    CHANGE_MANY,
    CORRECT,
    KEEP_ANSWER,
    SHOW_LOG,
)
FORMAT = Key("Alt+F", "Inside a JSON field", "set the JSON out for reading")
QUICK_FIX = Key("Ctrl+.", "Inside a JSON field", "quick fixes for the line")
EDITOR_KEYS: tuple[Key, ...] = (
    Key("Enter", "Playground", "send the message; Shift+Enter begins a new line"),
    Key("Ctrl+S", "Inside a text field", "save at once"),
    Key("Esc, then Tab", "Inside a text field", "leave the field"),
    Key("Ctrl+Space", "Inside a JSON field", "what the schema offers here"),
    Key("Tab", "Inside a JSON field", "take the first suggestion shown"),
    QUICK_FIX,
    Key("F8", "Inside a JSON field", "next finding"),
    FORMAT,
)
