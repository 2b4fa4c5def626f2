"""Table -> lines. Knows no files and no documents."""
