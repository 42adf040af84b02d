"""What a candidate must pass before a person sees it: one gate a module, in the order in which they are cheap."""

from curation.gates import diverse, executes, fresh, judged, unleaked, valid
from curation.gates.contract import PASSED, Bench, Gate, Known, Look, Opinion, Verdict
from curation.gates.passage import Passage, Refused
from curation.model.members import find_member

GATES: tuple[Gate, ...] = (valid.GATE, executes.GATE, judged.GATE, fresh.GATE, unleaked.GATE, diverse.GATE)


def get_gate(name: str) -> Gate:
    """The gate of this name."""
    return find_member(GATES, name, "gate")


__all__ = [
    "GATES",
    "PASSED",
    "Bench",
    "Gate",
    "Known",
    "Look",
    "Opinion",
    "Passage",
    "Refused",
    "Verdict",
    "get_gate",
]
