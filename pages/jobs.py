"""Jobs: everything long that a project does or did, of every kind."""

from __future__ import annotations

from ui import board
from ui.layout import keys_button, page_head
from ui.links import glossary_link
from ui.session import require_project, require_role
from ui.state import asked

require_role()
project = require_project()
act = asked(board.PAGE)
with page_head("Jobs", board.count_open(project.id)):
    keys_button(board.PAGE)
board.perform(act)
board.draw_board(project.id)
glossary_link()
