"""Chat templates, loss masks and token counts."""
