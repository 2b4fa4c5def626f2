"""The nouns of every room. Imports nothing from the other rooms."""
