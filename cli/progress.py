"""Progress of the demo's loop: bars on stderr for people, lines on stdout for machines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from curation.services.demo_runs import DemoEvent

SHOWN = ("loss", "valid_call_rate", "tool_name_accuracy", "argument_match")


@contextmanager
def follow(*, as_json: bool) -> Iterator[Callable[[DemoEvent], None]]:
    """What to hand to the loop as its watcher."""
    if as_json:
        yield _print_line
        return
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.fields[said]}"), console=Console(stderr=True)) as progress:
        yield Bars(progress)


def _print_line(event: DemoEvent) -> None:
    fields = {key: value for key, value in msgspec.to_builtins(event).items() if value not in ("", None, {})}
    click.echo(json.dumps(fields, ensure_ascii=False))


class Bars:
    """One bar a stage; what a stage says stands above the bars."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, event: DemoEvent) -> None:
        if event.event == "log":
            self._progress.console.print(event.text, highlight=False, markup=False, style="dim")
        elif event.event == "stage":
            self._close()
            self._tasks[event.stage] = self._progress.add_task(event.stage, total=None, said=event.text)
        else:
            self._advance(event)

    def _close(self) -> None:
        """The stages before a new one are done."""
        for task in self._progress.tasks:
            if task.total is None:
                self._progress.update(task.id, total=max(1.0, task.completed), completed=max(1.0, task.completed))

    def _advance(self, event: DemoEvent) -> None:
        said = ", ".join(f"{name} {event.metrics[name]:.3g}" for name in SHOWN if name in event.metrics)
        left = f", about {event.eta_s:.0f} s left" if event.eta_s else ""
        self._progress.update(
            self._tasks[event.stage],
            completed=event.done,
            total=event.total or None,
            said=f"{event.text} {said}{left}".strip(),
        )
