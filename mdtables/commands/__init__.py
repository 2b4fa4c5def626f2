"""One use case a file. Knows the workspace and the core; translates no words and prints nothing."""
