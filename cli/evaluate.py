"""`callwright evaluate`: models answer the test split of a frozen version, from the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cli.evaluate_elsewhere import Elsewhere, print_offered, with_elsewhere
from cli.workspaces import opened

if TYPE_CHECKING:
    from curation.model.states import Portion
    from curation.services.evaluating import EvaluationView
    from curation.services.workspace import Workspace


@click.command("evaluate")
@click.argument("project")
@click.option("--model", "names", multiple=True, help="Its name or id, `small`, or a folder.")
@click.option("--version", "dataset_n", type=int, help="Number of the frozen version; the newest when not given.")
@click.option("--limit", type=click.IntRange(min=1), help="Ask at most so many rows, the same sample each time.")
@click.option("--four-shot", is_flag=True, help="Ask base models a second time, after four worked examples.")
@click.option("--grammar", is_flag=True, help="Ask every model once more, held to the tools on offer.")
@click.option("--repair", "repairs", type=click.IntRange(0, 5), default=0, help="Say findings back, so often at most.")
@click.option("--shifted", is_flag=True, help="Ask from the shifted copy of the test split; see `callwright shift`.")
@with_elsewhere
@click.option("--wait", is_flag=True, help="Stay, show progress, and print the figures.")
@click.option("--json", "as_json", is_flag=True, help="One machine-readable line a model; waits.")
def evaluate(
    project: str,
    names: tuple[str, ...],
    dataset_n: int | None,
    limit: int | None,
    four_shot: bool,
    grammar: bool,
    repairs: int,
    shifted: bool,
    wait: bool,
    as_json: bool,
    **said: Any,
) -> None:
    """Evaluate models of PROJECT. Opening the test split counts as one look.

    A model is one that is known here (--model), one behind an address (--endpoint with --endpoint-model; its key is
    read from the environment), or one whose answers stand in a file (--answers with --name, in the form that
    `callwright score` takes; --questions writes the rows to answer).
    """
    from curation.model.states import Shifted, Split
    from curation.services.projects import find_project

    elsewhere = Elsewhere(**said)
    elsewhere.require_sound()
    with opened() as ws:
        found = find_project(ws, project)
        if elsewhere.list_endpoint:
            print_offered(ws, elsewhere.endpoint or "")
            return
        rows = Rows(dataset_n or _newest_version(ws, found.id), limit, Shifted.TEST if shifted else Split.TEST)
        ids = [_find_model(ws, found.id, name) for name in names]
        if elsewhere.questions is not None:
            _write_questions(ws, found.id, rows, ids, elsewhere)
            return
        ways = {"four_shot": four_shot, "grammar": grammar, "repairs": repairs}
        look_id, job_id = _open_look(ws, found.id, rows, ids, elsewhere, ways)
        if wait or as_json or job_id is None:
            _print(_wait(ws, look_id), as_json=as_json)
        else:
            click.echo(job_id)
            click.echo("It starts when the app runs, or with `callwright jobs run`.", err=True)


class Rows(NamedTuple):
    """Which rows are asked."""

    dataset_n: int
    limit: int | None
    split: Portion


def _open_look(
    ws: Workspace, project_id: str, rows: Rows, ids: list[str], elsewhere: Elsewhere, ways: dict[str, Any]
) -> tuple[str, str | None]:
    """One look by all that were named: an id of it, and its first job; no job where everything is answered already."""
    from curation.services.evaluating import launch_evaluation, record_answers
    from curation.services.people import local_actor
    from curation.services.recorded_answers import take_answers

    actor, nonce = local_actor(ws), ws.new_id()
    ids = [*ids, *elsewhere.add_models(ws, project_id)]
    asked: dict[str, Any] = {"limit": rows.limit, "split": rows.split}
    file = elsewhere.read_file()
    if not ids and file is None:
        raise click.UsageError("Name a model: --model, --endpoint with --endpoint-model, or --answers with --name.")
    recorded = []
    if file is not None:
        taken = take_answers(ws, actor, project_id, rows.dataset_n, file, ids, nonce=f"{nonce}.model", **asked)
        recorded.append(taken)
    if not ids:
        return record_answers(ws, actor, project_id, rows.dataset_n, recorded, nonce=nonce, **asked).id, None
    ways = {**ways, **asked, "asking": elsewhere.asking(), "recorded": recorded}
    ways["longest_answer"] = elsewhere.longest_answer or 0
    job = launch_evaluation(ws, actor, project_id, rows.dataset_n, ids, nonce=nonce, **ways)
    return job.id, job.id


def _write_questions(ws: Workspace, project_id: str, rows: Rows, ids: list[str], elsewhere: Elsewhere) -> None:
    from curation.errors import UnwritableError
    from curation.files import put_whole
    from curation.services.recorded_answers import hand_out_questions

    path = elsewhere.questions or Path()
    content = hand_out_questions(
        ws, project_id, rows.dataset_n, ids, is_native=elsewhere.is_native, limit=rows.limit, split=rows.split
    )
    try:
        put_whole(path, content)
    except OSError as error:
        raise UnwritableError(f"The rows cannot be written to {path}: {error.strerror}.") from error
    n_rows = len(content.splitlines())
    click.echo(f"{n_rows:,} rows to answer are in {path}.", err=True)


def _newest_version(ws: Workspace, project_id: str) -> int:
    from curation.errors import NotFoundError
    from curation.services.freezing import list_datasets

    versions = list_datasets(ws, project_id)
    if not versions:
        raise NotFoundError("This project has no dataset version yet.", hint="Freeze one with `callwright freeze`.")
    return versions[0].n


def _find_model(ws: Workspace, project_id: str, name: str) -> str:
    """A known model, or a base that becomes known now."""
    from curation.errors import NotFoundError
    from curation.services.evaluating import register_base
    from curation.services.models import SMALL_NAME, find_model, resolve_base
    from curation.services.people import local_actor

    try:
        return find_model(ws, project_id, name).id
    except NotFoundError:
        if name != SMALL_NAME and not Path(name).expanduser().is_dir():
            raise
    return register_base(ws, local_actor(ws), project_id, resolve_base(ws, name), nonce=ws.new_id()).id


def _wait(ws: Workspace, job_id: str) -> EvaluationView:
    """Wait for every job of the look, one after the other."""
    from cli.waiting import wait_for_job
    from curation.services.evaluating import get_evaluation

    for one in get_evaluation(ws, job_id).models:
        if one.job_id:
            wait_for_job(ws, one.job_id)
    return get_evaluation(ws, job_id)


def _print(view: EvaluationView, *, as_json: bool) -> None:
    if as_json:
        from curation.services.look_shapes import shape_look

        for one in shape_look(view):
            click.echo(json.dumps(one, ensure_ascii=False))
    else:
        _print_figures(view)
    for note, labels in {**view.warnings, **dict.fromkeys(view.unasked.notes, ())}.items():
        click.echo(f"note: {'; '.join(labels)}{': ' * bool(labels)}{note}", err=True)


def _print_figures(view: EvaluationView) -> None:
    from cli.figures import print_comparison
    from cli.look_figures import print_differences, print_worst
    from curation.services.look_parts import take_part
    from curation.services.portions import name_portion

    asked = name_portion(view.split)
    click.echo(f"look {view.look_no} at the {asked} split, version {view.dataset_n}, {len(view.rows)} rows")
    reports = {one.label: one.report for one in view.models if one.report}
    print_comparison({label: report.overall for label, report in reports.items()})
    print_differences(take_part(view, list(reports)))
    print_worst(reports)
    _print_beside(view)


def _print_beside(view: EvaluationView) -> None:
    """What answers cost, what repairs add, which were cut, and how far a grammar held them."""
    from cli.figures import print_notes, print_prices, print_repairs
    from cli.look_figures import print_latency

    summaries = {one.label: one.summary for one in view.models if one.report}
    print_latency(summaries)
    print_prices(summaries)
    print_repairs({one.label: one.repairs for one in view.models if one.repairs})
    print_notes(view.lengths)
    print_notes(view.held)


COMMANDS: dict[str, click.Command] = {"evaluate": evaluate}
