"""The clock: when the notebook's code reads the time."""
