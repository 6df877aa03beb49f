"""Code: modules and scripts of the project."""
