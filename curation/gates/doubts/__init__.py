"""Rules of the third gate: what a candidate says against what it calls."""

from curation.gates.doubts.answers import doubt_answers
from curation.gates.doubts.choices import doubt_choices
from curation.gates.doubts.claims import doubt_claims
from curation.gates.doubts.contract import Doubt, Doubted
from curation.gates.doubts.dates import doubt_dates
from curation.gates.doubts.refusals import doubt_refused
from curation.gates.doubts.swaps import doubt_swaps
from curation.gates.doubts.tools import doubt_tool
from curation.gates.doubts.units import doubt_units
from curation.gates.doubts.unsaid import doubt_lacking, doubt_numbers
from curation.gates.doubts.wishes import doubt_denied, doubt_question

DOUBTS: tuple[Doubt, ...] = (
    doubt_refused,
    doubt_denied,
    doubt_question,
    doubt_tool,
    doubt_lacking,
    doubt_dates,
    doubt_units,
    doubt_choices,
    doubt_swaps,
    doubt_answers,
    doubt_claims,
    doubt_numbers,
)

__all__ = ["DOUBTS", "Doubt", "Doubted"]
