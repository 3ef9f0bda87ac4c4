"""The command line: words, pages and exit codes; no logic."""
