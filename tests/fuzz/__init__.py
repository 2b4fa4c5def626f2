"""Fuzzing of everything that reads user input."""
