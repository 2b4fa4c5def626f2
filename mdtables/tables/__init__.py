"""Tables: select and sort rows and columns, compare two tables, store rows compactly. Knows no Markdown and no disk."""
