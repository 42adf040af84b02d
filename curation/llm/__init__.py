"""Chat clients: local models and scripted ones."""

from curation.llm.contract import ChatClient, Progress, Prompt, Reply, Turn

__all__ = ["ChatClient", "Progress", "Prompt", "Reply", "Turn"]
