"""What is promised to be fast, measured beside what it is compared with, in one run: `python -m benchmarks`."""
