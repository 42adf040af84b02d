"""Where typed text comes from: the field, the revision and the tab it was typed in, and the texts it was typed on.

A draft is kept under the name of its origin, so that two tabs, or two turns that stood at one place at different times,
never overwrite each other.
"""

from __future__ import annotations

from zlib import crc32

import msgspec

from curation.services.drafting import Draft


class Origin(msgspec.Struct, frozen=True):
    """What a person was looking at when they typed."""

    field: str
    """The field's pointer at `base_rev`; the place may be another one by now."""
    base_rev: int
    tab: str = ""
    began: tuple[str, ...] = ()
    """Marks of the texts this one continues: what the page gave, then what the tab handed over since, oldest first."""

    @property
    def name(self) -> str:
        """The name a draft of this origin is kept under."""
        return f"{self.base_rev}.{self.tab}.{'-'.join(self.began)}{self.field}" if self.tab else self.field

    def continues(self, older: Origin) -> bool:
        """Whether the same tab typed this on top of the other, or instead of it."""
        is_longer = self.began[: len(older.began)] == older.began
        return self.tab == older.tab and is_longer and self.base_rev >= older.base_rev


def origin_of(draft: Draft) -> Origin:
    """The origin a draft's name tells; a bare pointer is a draft that no tab signed."""
    lead, _, rest = draft.field.partition("/")
    if not lead:
        return Origin(draft.field, draft.base_rev)
    _, tab, began = lead.split(".")
    return Origin(f"/{rest}", draft.base_rev, tab, tuple(began.split("-")) if began else ())


def mark_of(text: str) -> str:
    """A short mark of a text, the same as the editor makes."""
    raw = text.encode("utf-8", "replace")
    return f"{crc32(raw):08x}{len(raw):x}"
