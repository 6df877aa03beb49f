"""The hash seed of the interpreter."""
