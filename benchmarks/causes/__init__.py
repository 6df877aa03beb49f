"""Planted differences with a known cause: how often a check names it, and nothing else."""
