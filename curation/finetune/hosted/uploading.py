"""Rows on their way to a host: a file is named after its content, so what lies there already is not sent again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from curation.errors import JobError, TryLaterError
from curation.finetune.contract import Launch
from curation.finetune.hosted.host import Host
from curation.finetune.hosted.profile import Profile
from curation.finetune.hosted.records import Uploaded
from curation.finetune.rows import TRAIN, VALIDATION
from curation.finetune.run_folder import RunFolder

UNREAD = frozenset({"pending", "running", "importing"})
"""States of a file that its host is still reading."""
REST_S = 5.0


def bring_rows(profile: Profile, host: Host, launch: Launch, host_name: str) -> Uploaded:
    """Upload what is not there yet: a file of the same name and length is the same file."""
    there = {(file.name, file.size): file for file in host.list_files() if file.status != "error"}
    found = []
    for rows in (TRAIN, VALIDATION):
        path = RunFolder(launch.run_dir).data / rows
        if path.is_file() and path.stat().st_size:
            name = _name_file(profile, path, launch)
            found.append((there.get((name, path.stat().st_size)) or host.upload(path, name)).id)
        else:
            found.append("")
    training, validation = found
    if not training:
        raise JobError("There is no training row to send.")
    return Uploaded(launch.launch_id, host_name, training, validation)


def require_read(profile: Profile, host: Host, uploaded: Uploaded) -> None:
    """Some hosts refuse a job whose files they have not read to the end."""
    for file_id in filter(None, (uploaded.training, uploaded.validation)):
        status = host.look_at_file(file_id).status
        if status in UNREAD:
            raise TryLaterError(f"{profile.title} is still reading the rows.", after_s=REST_S)
        if status == "error":
            raise JobError(f"{profile.title} could not read the rows.", hint="Look at the preflight, then try again.")


def carries(file_name: str, launch_id: str) -> bool:
    """Whether a file was sent for this very launch."""
    return file_name.startswith("callwright-") and file_name.endswith(f"-{launch_id}.jsonl")


def _name_file(profile: Profile, path: Path, launch: Launch) -> str:
    """By its content; with the launch id where jobs are known by their files."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()[:24]
    mark = f"-{launch.launch_id}" if "file_name" in profile.marks else ""
    return f"callwright-{digest}{mark}.jsonl"
