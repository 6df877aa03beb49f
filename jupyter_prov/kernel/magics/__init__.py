"""The `%prov` magics, the functions that a notebook calls, and all that they show."""
