"""The options below `- mdtables:` in mkdocs.yml. Those of a region are read from their one definition."""

from __future__ import annotations

from typing import Any

from mkdocs.config import config_options as c
from mkdocs.config.base import BaseConfigOption, Config, ValidationError

from mdtables.model.options import SPECS, Spec


class _RegionOption(BaseConfigOption[Any]):
    """A default for an option of all regions, written as on a marker."""

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self._spec = spec

    def run_validation(self, value: object) -> Any:
        if self._spec.is_number and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise ValidationError(f"expected text, not {value!r}: put it in quotes")
        try:
            return self._spec.parse(value)
        except ValueError as reason:
            raise ValidationError(f"invalid {value!r}: {reason}") from None


MEANINGS = {
    "enabled": "`false` turns the plugin off; for example `!ENV [CI, false]`",
    "on_stale": "a stale table in a file is `ignore`d, a `warn`ing, or an `error` that ends the build",
    "on_error": "an error in a region or its source is a `warn`ing, or an `error` that ends the build",
    "write": "`true` writes stale documents too, as `mdtables fix` does; then a hand edit is an error",
    "sortable": "`true` lets readers sort the tables of sourced regions",
}
OF_REGIONS = {spec.name: _RegionOption(spec) for spec in SPECS.values() if spec.configurable}


class PluginConfig(Config):  # type: ignore[no-untyped-call]  # MkDocs has no types there
    """The plugin's own options, and a default for each configurable option of a region."""

    enabled = c.Type(bool, default=True)
    on_stale = c.Choice(("ignore", "warn", "error"), default="ignore")
    on_error = c.Choice(("warn", "error"), default="warn")
    write = c.Type(bool, default=False)
    sortable = c.Type(bool, default=False)
    # MkDocs reads options from the attributes of a class; those of regions have a definition of their own.
    locals().update({name: c.Optional(option) for name, option in OF_REGIONS.items()})
