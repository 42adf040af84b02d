"""Mocked tools: values that fit a schema, results, and the failures a tool can return."""
