"""Hosts that mdtables runs inside of. Each is thin, nobody imports it, and it can be deleted in one commit."""
