"""The record of a notebook: its value objects, its file, and the journal it is made from. Imports nothing of ours."""
