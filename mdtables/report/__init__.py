"""Outcomes -> text for a person, JSON, GitHub annotations, SARIF; counts and exit status.

Prints nothing, knows no disk.
"""
