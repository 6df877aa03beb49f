"""Randomness: seeds, states and entropy of generators."""
