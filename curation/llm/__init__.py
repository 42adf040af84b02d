"""Chat clients: local and scripted."""
