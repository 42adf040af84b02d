"""Ray's jobs over its documented HTTP interface: where a cluster is, what is asked of it, what it says."""
