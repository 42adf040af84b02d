"""What a model really sees: chat templates rendered, tokens counted, and which of them carry loss."""

from curation.rendering.loss import LossMask, Piece, loss_mask
from curation.rendering.preflight import CheckedRow, check_rows
from curation.rendering.rows import FORMAT_OF_STYLE, ChatRow, RowStyle, read_chat_row, read_chat_rows
from curation.rendering.sentinel import needs_router
from curation.rendering.template import Template, load_template

__all__ = [
    "FORMAT_OF_STYLE",
    "ChatRow",
    "CheckedRow",
    "LossMask",
    "Piece",
    "RowStyle",
    "Template",
    "check_rows",
    "load_template",
    "loss_mask",
    "needs_router",
    "read_chat_row",
    "read_chat_rows",
]
