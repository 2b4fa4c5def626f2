"""The nouns that every room uses. Imports nothing from the other rooms."""
