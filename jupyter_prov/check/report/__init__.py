"""The report of a check, and the reporters that show it."""
