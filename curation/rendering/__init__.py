"""What a model really sees: chat templates rendered, tokens counted, and which of them carry loss."""

from curation.rendering.jinja import REFUSALS, UnusableTemplateError
from curation.rendering.loss import LossMask, Piece, loss_mask
from curation.rendering.opening import bare_template, open_template
from curation.rendering.preflight import CheckedRow, check_rows, stops_training
from curation.rendering.rows import (
    FORMAT_OF_STYLE,
    ChatRow,
    RowStyle,
    read_chat_row,
    read_chat_rows,
    read_numbered_row,
    read_pair,
    row_of,
)
from curation.rendering.sentinel import needs_router
from curation.rendering.template import Template, load_template
from curation.rendering.truth import RenderCost, TemplateCheck

__all__ = [
    "FORMAT_OF_STYLE",
    "REFUSALS",
    "ChatRow",
    "CheckedRow",
    "LossMask",
    "Piece",
    "RenderCost",
    "RowStyle",
    "Template",
    "TemplateCheck",
    "UnusableTemplateError",
    "bare_template",
    "check_rows",
    "load_template",
    "loss_mask",
    "needs_router",
    "open_template",
    "read_chat_row",
    "read_chat_rows",
    "read_numbered_row",
    "read_pair",
    "row_of",
    "stops_training",
]
