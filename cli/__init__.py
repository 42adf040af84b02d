"""The command line, one file per verb or tight group."""
