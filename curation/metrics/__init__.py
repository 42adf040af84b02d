"""Every metric, on the one validator."""
