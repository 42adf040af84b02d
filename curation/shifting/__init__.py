"""The same row under another light: what it asks and what is right stay, what it looks like does not.

A model that has learnt the task answers a shifted row as it answers the row itself. One that has learnt names, places
in the list or spellings by heart does not. Pure: a row and a plan in, a row out, the same on every machine.
"""

from __future__ import annotations

from curation.shifting.definitions import rename_definition
from curation.shifting.shift import KINDS, Kind, Plan, make_plan, shift_example

__all__ = ["KINDS", "Kind", "Plan", "make_plan", "rename_definition", "shift_example"]
