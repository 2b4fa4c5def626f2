"""Table -> table: shape and diff, on packed rows. Knows no Markdown and no disk."""
