"""Hosts: MkDocs, and what renders with Python-Markdown. Thin, and no other room imports them."""
