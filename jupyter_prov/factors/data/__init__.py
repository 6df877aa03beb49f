"""Data: the files that executions read and write."""
