"""The report of a check: its model, and its words for a terminal, for the kernel and for the panel."""
