"""Packages: installed and imported distributions."""
