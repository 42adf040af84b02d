"""A process that uploads one folder to a hub of datasets as one commit, through the hub's own client, and ends.

`python -m curation.processes.hub_upload` reads `{"url", "repo", "private", "folder", "message", "token_variable"}` on
standard input and writes `{"commit": …, "url": …}`, or `{"error": …, "kind": …}`. It is a process of its own so that an
upload which hangs is ended with it, that the client sees no other secret of the app, and that its packages are never
loaded into the app. The token comes from the environment and leaves in the request alone.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

_MOST_CHARACTERS = 300


def main() -> None:
    """Upload, and say what came of it."""
    order = json.loads(sys.stdin.read())
    print(json.dumps(upload(order)), flush=True)  # noqa: T201 - the pipe to the process that waits


def upload(order: dict[str, Any]) -> dict[str, str]:
    """The commit that was made, or one sentence and what kind of trouble it was."""
    token = os.environ.get(order["token_variable"], "")
    try:
        from huggingface_hub import HfApi
    except ImportError:
        return {"error": "the package `huggingface_hub` is not installed", "kind": "missing"}
    try:
        return _send(HfApi(endpoint=order["url"], token=token), order)
    except Exception as error:  # noqa: BLE001 - whatever a hub does becomes one sentence for the parent
        words = " ".join(str(error).split()) or type(error).__name__
        return {"error": (words.replace(token, "…") if token else words)[:_MOST_CHARACTERS], "kind": "refused"}


def _send(api: Any, order: dict[str, Any]) -> dict[str, str]:
    repo, is_private = order["repo"], order["private"]
    api.create_repo(repo, repo_type="dataset", private=is_private, exist_ok=True)
    if is_private and not api.repo_info(repo, repo_type="dataset").private:
        return {"error": f"`{repo}` is there already and everybody can read it", "kind": "public"}
    commit = api.upload_folder(
        repo_id=repo, repo_type="dataset", folder_path=order["folder"], commit_message=order["message"]
    )
    return {"commit": str(commit.oid), "url": str(commit.commit_url)}


if __name__ == "__main__":
    main()
