"""One region -> what becomes of it. Knows no disk, no host, and none of the other regions."""
