"""Measurements of the compiler and of the harness: ``python -m bench``."""
