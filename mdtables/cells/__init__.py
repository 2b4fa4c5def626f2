"""Table -> lines. Knows no files and no documents."""


class TemplatePipeError(ValueError):
    """A pipe inside a template expression that must stay live: a table has no way to write it."""
