"""Campaigns: many attempts of one kind to break a promise, each a command that prints how many broke it.

`python -m tests.campaign.NAME [--tries N] [--seed N]` makes N attempts, all of them by default, and exits with 1 if
any broke the promise; `test_NAME.py` makes a tenth of them in `make test-slow`.
"""
