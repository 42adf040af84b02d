"""Trackers a run can also report to; each keeps its files in the run folder and asks nobody outside."""

from __future__ import annotations

import os
from pathlib import Path

from curation.finetune.knobs import Tracker

FOLDER = "tracked"


def aim_tracker(tracker: Tracker, run_dir: Path) -> list[str]:
    """Point a tracker's library at the run folder; the trainer's `report_to`."""
    if tracker == "none":
        return []
    folder = run_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(tracker_environment(tracker, folder))
    return [tracker]


def tracker_environment(tracker: Tracker, folder: Path) -> dict[str, str]:
    """The variables through which each library is told where to write."""
    if tracker == "trackio":
        return {"TRACKIO_DIR": str(folder), "GRADIO_ANALYTICS_ENABLED": "False"}
    if tracker == "tensorboard":
        return {"TENSORBOARD_LOGGING_DIR": str(folder)}
    if tracker == "mlflow":
        return {
            "MLFLOW_TRACKING_URI": f"sqlite:///{folder / 'mlflow.db'}",
            "MLFLOW_EXPERIMENT_NAME": "callwright",
            "MLFLOW_DISABLE_TELEMETRY": "true",
        }
    return {}


def describe_tracker(tracker: Tracker, run_dir: Path) -> str:
    """How a person opens what a tracker kept."""
    folder = run_dir / FOLDER
    return {
        "trackio": f"TRACKIO_DIR={folder} trackio show",
        "tensorboard": f"tensorboard --logdir {folder}",
        "mlflow": f"mlflow ui --backend-store-uri sqlite:///{folder / 'mlflow.db'}",
    }.get(tracker, "")
