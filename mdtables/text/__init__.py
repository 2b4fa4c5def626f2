"""Strings and offsets. Knows no tables and no disk."""
