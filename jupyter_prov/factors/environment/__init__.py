"""Environment: Python, platform, machine and variables."""
