"""The rules of comparison, as the table in docs/comparison.md lists them."""
