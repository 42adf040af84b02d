"""What happens between steps: progress is told, a stop is heard, validation rows are looked at."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any

from curation.errors import JobError
from curation.finetune.journal import Journal
from curation.finetune.meter import Meter, memory_limit_mb, peak_memory_mb
from curation.finetune.team import ALONE, Team

SHOWN = {
    "loss": "loss",
    "learning_rate": "learning_rate",
    "grad_norm": "grad_norm",
    "rewards/accuracies": "pair_accuracy",
    "rewards/margins": "pair_margin",
}
"""What the trainer logs → the name of its curve; pairs have two of their own."""
MOST_LOGGED = 400
"""Curves need no more points than this."""


class Watch:
    """Decides after each step; knows nothing of the trainer but step numbers."""

    def __init__(
        self,
        journal: Journal,
        look_at: Collection[int],
        look: Callable[[int], None],
        meter: Meter | None = None,
        device: str = "cpu",
        strain: Callable[[], str] = lambda: "",
        team: Team = ALONE,
    ) -> None:
        self._journal = journal
        self._look_at = look_at
        self._look = look
        self._meter = meter or Meter()
        self._device = device
        self._strain = strain
        self._team = team
        self.strained = ""
        """Why the run had to be ended here, in words."""

    def begin(self, step: int, steps: int) -> None:
        self._meter.start()
        self._journal.enter("training", steps=steps)
        text = f"Training: {steps} steps" + (f", going on after step {step}." if step else ".")
        self._journal.say(text, step=step, metrics={"memory_limit_mb": memory_limit_mb(self._device)})

    def after_step(self, step: int, steps: int) -> bool:
        """Note the step; True when training should stop and save here."""
        tokens = self._meter.step()
        self._journal.reach(step, steps)
        if step in self._look_at:
            self._journal.enter("looking at validation rows")
            self._look(step)
            self._journal.enter("training")
            self._meter.start()
        self.strained = self._strain()
        wish = bool(self.strained) or self._journal.should_stop
        # One word to the others for both: each costs all of them a wait.
        all_tokens, wishes = self._team.add_up(tokens, wish)
        self._meter.count_all(int(all_tokens))
        return wishes > 0

    def log(self, step: int, steps: int, logs: dict[str, Any]) -> None:
        metrics = {name: float(logs[key]) for key, name in SHOWN.items() if key in logs}
        loss = metrics.get("loss")
        if loss is None:
            return
        if not math.isfinite(loss):
            raise JobError(f"The loss became {loss} at step {step}.", hint="Try a lower learning rate.")
        if step in (1, steps) or step % max(1, steps // MOST_LOGGED) == 0:
            metrics |= {**self._meter.read(), "memory_mb": peak_memory_mb(self._device)}
            self._journal.say(f"Step {step}: loss {loss:.4g}.", step=step, metrics=metrics)


def make_callback(watch: Watch) -> Any:
    """The watch as the trainer wants it."""
    from transformers import TrainerCallback

    class WatchCallback(TrainerCallback):  # type: ignore[misc]
        """Hands the trainer's events on."""

        def on_train_begin(self, _args: Any, state: Any, _control: Any, **_rest: Any) -> None:
            watch.begin(state.global_step, state.max_steps)

        def on_step_end(self, _args: Any, state: Any, control: Any, **_rest: Any) -> None:
            if watch.after_step(state.global_step, state.max_steps):
                control.should_training_stop = True
                control.should_save = True

        def on_log(self, _args: Any, state: Any, _control: Any, logs: dict[str, Any], **_rest: Any) -> None:
            watch.log(state.global_step, state.max_steps, logs)

    return WatchCallback()
