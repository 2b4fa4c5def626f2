"""Table -> Table. Knows no Markdown."""
