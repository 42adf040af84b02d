"""What the live editor says about a text beside the text itself: which tab it was typed in, and on top of what."""

from __future__ import annotations

from typing import Annotated

import msgspec

from curation.services.origins import Origin

MAX_MARKS = 8
_Mark = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{9,16}$")]


class Typing(msgspec.Struct, frozen=True):
    """The tab and the marks of the texts that were continued, as the editor sends them."""

    tab: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{0,16}$")] = ""
    began: Annotated[tuple[_Mark, ...], msgspec.Meta(max_length=MAX_MARKS)] = ()
    seq: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Counts the texts this tab sent; a higher one is newer."""

    def origin(self, field: str, base_rev: int) -> Origin:
        """The origin of a text typed into this field."""
        return Origin(field, base_rev, self.tab, self.began)
