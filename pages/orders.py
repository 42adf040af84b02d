"""Orders: candidates made by machine, exactly as many of what is wanted; a person still judges each."""

from __future__ import annotations

from curation.services import jobs
from ui import order_acts, order_form, order_look
from ui.order_rail import NEW, draw_rail
from ui.session import require_project, require_role, workspace
from ui.state import asked

require_role("annotator", "expert", "lead", "admin")
project = require_project()
act = asked(order_form.PAGE)
chosen = draw_rail(project.id)
order_acts.perform(act)
if chosen == NEW:
    order_form.draw_form(project, act)
else:
    order_look.draw_order(project, jobs.get_job(workspace(), chosen))
