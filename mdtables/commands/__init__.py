"""The use cases, one per module; each runs in a session. Parses no command line and prints nothing."""
