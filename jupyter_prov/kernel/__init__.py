"""Inside the user's kernel: loading, the two hooks around a cell, sending, and the magics."""
