"""Outcomes -> words for a person, formats for programs, the exit status. Knows no disk and prints nothing."""
