"""mdtables inside of a build by MkDocs, or by one of its heirs that load its plugins."""
