"""The plugin for MkDocs, ProperDocs and mkdocs-ng."""
