"""Watchers of the interpreter and the operating system that factors use."""
