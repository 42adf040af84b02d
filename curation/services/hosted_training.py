"""Training at a host, as a person orders it: the intent, after a preflight without problems."""

from __future__ import annotations

import msgspec

from curation.errors import BlockedError
from curation.finetune.contract import Terms
from curation.finetune.folders import require_space
from curation.model.people import Actor
from curation.model.values import Json
from curation.services.acts import Act, perform
from curation.services.freezing import DatasetView, get_dataset
from curation.services.hosted_preflight import preflight_hosted
from curation.services.hosted_rows import Wire
from curation.services.jobs import JobView, get_job, intend_job
from curation.services.people import tidy_name
from curation.services.workspace import Workspace

RUN_BYTES = 100 * 2**20


def launch_hosted(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    dataset_n: int,
    *,
    provider: str,
    parameters: dict[str, Json] | None = None,
    name: str = "",
    nonce: str,
) -> JobView:
    """Write the intent after a preflight without problems; the same nonce twice launches once."""
    found = preflight_hosted(ws, project_id, dataset_n, provider, parameters)
    if found.problems:
        raise BlockedError(found.problems[0])
    require_space(ws.runs, RUN_BYTES, "A training run")
    dataset = get_dataset(ws, project_id, dataset_n)
    spec = _write_spec(dataset, found.terms, found.knobs)
    title = tidy_name(name, "The run") if name.strip() else f"{found.terms.model} on version {dataset.n}"

    def work(act: Act) -> str:
        return intend_job(
            act, project_id=project_id, kind="train", name=title, provider=provider, spec=spec, nonce=nonce
        )

    return get_job(ws, perform(ws, actor, "launch training", nonce, str, work))


def _write_spec(dataset: DatasetView, terms: Terms, knobs: dict[str, Json]) -> dict[str, Json]:
    return {
        "base": terms.model,
        "host": terms.address,
        "dataset_hash": dataset.hash,
        "dataset_id": dataset.id,
        "dataset_n": dataset.n,
        "parameters": knobs,
        **msgspec.to_builtins(Wire.of(terms)),
    }
