"""Findings as data, and where they are kept."""
