"""Concurrency: threads and processes that executions start."""
