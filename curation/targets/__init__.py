"""What formats, trainers and services accept: one dated TOML file each, no code."""

from curation.targets.loading import TARGETS, get_target
from curation.targets.target import GROUP_TITLES, Limit, Target

__all__ = ["GROUP_TITLES", "TARGETS", "Limit", "Target", "get_target"]
