"""Which conversation a tab shows, and at which revision: a press in it is about that one and no other."""

from __future__ import annotations

from curation.errors import StaleRevisionError
from curation.services.playground_chats import Chat
from ui.state import Act, Slot

_SHOWN: Slot[tuple[str, int]] = Slot("playground.shown", ("", 0))
"""Id and revision of the conversation that was drawn last, to its end, or that this tab made itself."""
_NAMED = frozenset({"keep_answer", "open_draft"})
"""Acts on an answer or a draft that they name, whatever became of the conversation."""
_STOP = "stop"


def remember_shown(chat: Chat) -> None:
    """Called after one's own act, and once everything is drawn: a run that was broken off has not shown its buttons."""
    _SHOWN.set((chat.id, chat.rev))


def require_shown(act: Act, chat: Chat) -> None:
    """Refuse an act that was asked for on the sight of something else than what stands now.

    Raises:
        StaleRevisionError: the conversation went on, or another one was begun, in another tab.
    """
    chat_id, rev = _SHOWN.get()
    if act.verb in _NAMED:
        return
    if chat_id != chat.id:
        raise StaleRevisionError("Another conversation was begun in another tab.", hint=_HINT)
    # An answer that came a moment ago makes another revision, and whoever stops it still means this one.
    if rev != chat.rev and act.verb != _STOP:
        raise StaleRevisionError("The conversation went on after it was shown here.", hint=_HINT)


_HINT = "Nothing was done. This is how it stands now: look at it, then try again."
