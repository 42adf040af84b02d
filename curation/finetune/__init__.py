"""One file = one provider of fine-tuning."""

from __future__ import annotations

from curation.finetune import local, openai_compatible, ray
from curation.finetune.contract import Provider
from curation.model.members import find_member

PROVIDERS: tuple[Provider, ...] = (local.PROVIDER, ray.PROVIDER, *openai_compatible.PROVIDERS)


def get_provider(name: str) -> Provider:
    """The provider of that name."""
    return find_member(PROVIDERS, name, "provider")
