"""Inside Jupyter Server: the recorder, the REST handlers, and check jobs."""
