"""Data of the demo project: planted examples, and a recorded training run."""
