"""`callwright jobs`: what runs, what came of it, and the loop that keeps jobs moving."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import click

from cli.workspaces import opened

if TYPE_CHECKING:
    from curation.services.jobs import JobView

IDLE_LOOK_S = 0.5


@click.group("jobs")
def jobs() -> None:
    """Watch, stop, retry and keep jobs."""


@jobs.command("list")
@click.argument("project")
@click.option("--json", "as_json", is_flag=True, help="One line a job.")
def list_jobs(project: str, as_json: bool) -> None:
    """Jobs of PROJECT, newest first."""
    from curation.services.jobs import list_jobs as find_jobs
    from curation.services.projects import find_project

    with opened() as ws:
        for job in find_jobs(ws, find_project(ws, project).id):
            click.echo(json.dumps(_shape(job)) if as_json else _line(job))


@jobs.command("show")
@click.argument("job_id")
@click.option("--json", "as_json", is_flag=True, help="One line.")
@click.option("--log", "log_lines", type=int, default=0, help="Also the last lines of its log.")
@click.option("--command", "as_command", is_flag=True, help="Only the exact command of its worker.")
def show(job_id: str, as_json: bool, log_lines: int, as_command: bool) -> None:
    """One job with what it said."""
    from curation.services.jobs import get_job, job_events, log_tail
    from curation.services.recipes import worker_command

    with opened() as ws:
        job = get_job(ws, job_id)
        if as_command:
            click.echo(worker_command(job))
            return
        if as_json:
            click.echo(json.dumps(_shape(job)))
            return
        click.echo(_line(job))
        for event in job_events(ws, job_id):
            click.echo(f"{event.at}  {event.text}")
        for line in log_tail(ws, job_id, log_lines) if log_lines else ():
            click.echo(f"| {line}")


@jobs.command("cancel")
@click.argument("job_id")
def cancel(job_id: str) -> None:
    """Ask a job to stop and keep what it has."""
    from curation.services.jobs import cancel_job
    from curation.services.people import local_actor

    with opened() as ws:
        click.echo(_line(cancel_job(ws, local_actor(ws), job_id, nonce=ws.new_id())))


@jobs.command("retry")
@click.argument("job_id")
@click.option("--wait", is_flag=True, help="Stay and show progress until it has ended.")
def retry(job_id: str, wait: bool) -> None:
    """Let an ended job go on from its last checkpoint."""
    from cli.waiting import wait_for_job
    from curation.services.jobs import retry_job
    from curation.services.people import local_actor

    with opened() as ws:
        job = retry_job(ws, local_actor(ws), job_id, nonce=ws.new_id())
        click.echo(_line(wait_for_job(ws, job.id) if wait else job))


@jobs.command("run")
@click.option("--until-idle", is_flag=True, help="Leave when no job is open any more.")
def run(until_idle: bool) -> None:
    """Keep jobs moving until interrupted: starts workers, copies progress, ends what has ended."""
    from curation.services.keeping import count_open_jobs, kept

    click.echo("Keeping jobs; stop with Ctrl-C, running jobs go on.", err=True)
    pause = threading.Event()
    with opened() as ws, kept(ws):
        try:
            while not (until_idle and count_open_jobs(ws) == 0):
                pause.wait(IDLE_LOOK_S)
        except KeyboardInterrupt:
            click.echo("No longer keeping jobs.", err=True)


def _line(job: JobView) -> str:
    steps = f"  {job.step}/{job.steps}" if job.steps else ""
    error = f"  {job.error}" if job.error else ""
    return f"{job.id}  {job.state:10} {job.kind:9} {job.name}{steps}{error}"


def _shape(job: JobView) -> dict[str, object]:
    return {
        "id": job.id,
        "name": job.name,
        "kind": job.kind,
        "provider": job.provider,
        "state": str(job.state),
        "phase": job.phase,
        "step": job.step,
        "steps": job.steps,
        "eta_s": job.eta_s,
        "error": job.error,
        "attempt": job.attempt,
        "model": job.model_id,
        "run_dir": str(job.run_dir),
    }


COMMANDS: dict[str, click.Command] = {"jobs": jobs}
