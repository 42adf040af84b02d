"""How the state of a run looks: word, icon and colour, and its sentence."""

from __future__ import annotations

from curation.model.states import JobState
from curation.services.jobs import JobView
from ui.layout import Colour
from ui.moments import span

LOOK: dict[JobState, tuple[str, str, Colour]] = {
    JobState.INTENT: ("waiting", ":material/schedule:", "gray"),
    JobState.STARTING: ("starting", ":material/hourglass_top:", "blue"),
    JobState.RUNNING: ("running", ":material/progress_activity:", "blue"),
    JobState.CANCELLING: ("stopping", ":material/stop_circle:", "orange"),
    JobState.SUCCEEDED: ("kept", ":material/check:", "green"),
    JobState.FAILED: ("failed", ":material/error:", "red"),
    JobState.CANCELLED: ("stopped", ":material/stop:", "orange"),
    JobState.LOST: ("lost", ":material/help:", "red"),
}


def state_words(job: JobView) -> str:
    """The state under a run's name; while it runs, how far it is."""
    if job.state is JobState.RUNNING and job.steps:
        return f"{100 * job.step / job.steps:.0f} %"
    return LOOK[job.state][0]


def progress_words(job: JobView) -> str:
    """Step, share and time left, as one sentence."""
    if not job.steps:
        return "Waiting for its turn" if job.state is JobState.INTENT else "Nothing counted yet"
    counted = "Answer" if job.kind == "evaluate" else "Step"
    words = f"{counted} {job.step:,} of {job.steps:,}"
    return words + (f" · {span(job.eta_s)} left" if job.eta_s and not job.state.is_final else "")
