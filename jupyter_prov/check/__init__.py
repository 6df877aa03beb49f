"""The checker: environment, stage, re-run, comparison, explanation, report."""
