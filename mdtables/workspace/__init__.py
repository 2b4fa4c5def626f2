"""The only room that touches disk and git: configuration, discovery, loading, writing, cache."""
