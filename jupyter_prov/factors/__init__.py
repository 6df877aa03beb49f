"""The factors: one folder for each thing that can make a re-run differ, and the registry that lists them."""
