"""One use case a module, over one session. Parses no command line and prints nothing."""
