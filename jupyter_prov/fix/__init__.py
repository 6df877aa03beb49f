"""The changes that make a notebook reproduce: one file for each kind of edit, and the loop that verifies them."""
