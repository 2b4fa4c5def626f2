"""Markdown text <-> regions. Knows no data format and no disk."""
