"""One file = one provider of fine-tuning."""

from __future__ import annotations

from curation.errors import NotFoundError
from curation.finetune import local
from curation.finetune.contract import Provider

PROVIDERS: tuple[Provider, ...] = (local.PROVIDER,)


def get_provider(name: str) -> Provider:
    """The provider of that name."""
    found = next((provider for provider in PROVIDERS if provider.name == name), None)
    if found is None:
        known = ", ".join(provider.name for provider in PROVIDERS)
        raise NotFoundError(f"There is no provider `{name}`.", hint=f"Known: {known}.")
    return found
