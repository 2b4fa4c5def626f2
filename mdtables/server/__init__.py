"""The language server: the same logic for editors, over the Language Server Protocol on standard input and output.

Sources: Language Server Protocol 3.17, JSON-RPC 2.0. Knows no editor in particular.
"""
