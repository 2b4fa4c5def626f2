"""What an editor has open: its folders, its texts, and for each folder a session that stays warm.

Knows which outcomes are still true; not how they are shown.
"""

from __future__ import annotations

import os
from typing import Any

from mdtables.commands.session import Session, start
from mdtables.document import marker
from mdtables.model.errors import MdtablesError
from mdtables.model.option_values import Source
from mdtables.model.options import sources_read
from mdtables.pipelines.outcome import Outcome, failed_outcome
from mdtables.records import NamedTuple
from mdtables.server.open_texts import OpenText, same_file
from mdtables.server.positions import Encoding, Positions
from mdtables.sources import DOCUMENTS, FORMATS, QUERY
from mdtables.workspace import files
from mdtables.workspace.context import DocumentContext, context_of
from mdtables.workspace.dependents import allowed_paths_of
from mdtables.workspace.watched import Watched, places_of

_LANGUAGES = ("markdown", "mdx", "quarto", "rmd")


class _Warm(NamedTuple):
    """A session, what it depends on, and outcomes by the URIs of texts, each true for the text that it has.

    `looked_for` are the sources whose places are watched, by the folder of their document.
    """

    session: Session
    watched: Watched
    outcomes: dict[str, Outcome]
    looked_for: set[tuple[str, tuple[Source, ...]]]


class Workspace:
    """The state of one editor. `texts` are the open ones, by their URIs."""

    def __init__(self, encoding: Encoding = "utf-16") -> None:
        self.encoding = encoding
        self.folders: list[str] = []
        self.texts: dict[str, OpenText] = {}
        self._warm: dict[str, _Warm] = {}  # by folder

    # --- texts ------------------------------------------------------------------------------------------------------

    def open(self, uri: str, language: str, version: int, text: str) -> None:
        """Note a text that was opened, which may be another one than that of its file."""
        self.texts[uri] = OpenText(uri, version, text, self.encoding, language=language)
        self._forget_sources(self.texts[uri])

    def change(self, uri: str, version: int, changes: list[dict[str, Any]]) -> None:
        """Change an open text. Raise KeyError, TypeError or ValueError for what is no change."""
        self.texts[uri] = self.texts[uri].changed(version, changes)
        self._forget_sources(self.texts[uri])

    def saved(self, uri: str) -> None:
        """Note that the file of a text contains it now."""
        if text := self.texts.get(uri):
            self.texts[uri] = text.saved()
        self.forget()

    def close(self, uri: str) -> None:
        """Forget a text: its file counts from now on."""
        if text := self.texts.pop(uri, None):
            self._forget_sources(text)
        for warm in self._warm.values():
            warm.outcomes.pop(uri, None)

    def is_document(self, uri: str) -> bool:
        """Return True for a text that may have regions."""
        text = self.texts.get(uri)
        if text is None or not text.path:
            return False
        return text.language in _LANGUAGES or text.path.lower().endswith(DOCUMENTS)

    def documents(self) -> list[OpenText]:
        """Return the open texts that may have regions."""
        return [text for uri, text in self.texts.items() if self.is_document(uri)]

    def positions(self, path: str, session: Session) -> Positions:
        """Return the lines of a file, which a diagnostic names: as it is open, else as it is on the disk."""
        absolute = self.absolute(path, session)
        text = next((text for text in self.texts.values() if same_file(text, absolute)), None)
        if text:
            return text.positions
        try:
            return Positions(files.read(absolute).decode("utf-8-sig", "replace"), self.encoding)
        except (OSError, ValueError):
            return Positions("", self.encoding)

    # --- sessions ---------------------------------------------------------------------------------------------------

    def forget(self) -> None:
        """Forget all outcomes: anything may have changed."""
        self._warm.clear()

    def _forget_sources(self, text: OpenText) -> None:
        """Forget what is made of a text; if that is a document of which nothing is made, the rest stays true."""
        is_data = text.path.lower().endswith((*FORMATS, QUERY, ".toml"))
        for folder, warm in list(self._warm.items()):
            if is_data or warm.session.loader.made_of(text.real):
                del self._warm[folder]

    def has_changed(self) -> bool:
        """Return True, and forget what is not true any more, if the disk changed below an open document."""
        changed = [folder for folder, warm in self._warm.items() if warm.watched.changed()]
        for folder in changed:
            del self._warm[folder]
        return bool(changed)

    def folder_of(self, path: str) -> str:
        """Return the innermost open folder that a file is in, else the folder of the file."""
        inside = [folder for folder in self.folders if path.startswith(os.path.join(folder, ""))]
        return max(inside, key=len, default=os.path.dirname(path))

    def _warm_for(self, path: str) -> _Warm:
        folder = self.folder_of(path)
        if folder not in self._warm:
            changed = {text.real: text.text for text in self.texts.values() if text.is_changed and text.real}
            session = start(folder).with_sources(changed)._replace(made={})
            self._warm[folder] = _Warm(session, Watched(), {}, set())
        return self._warm[folder]

    def session(self, path: str) -> Session:
        """Return the session for a file, in which open texts count as they are."""
        return self._warm_for(path).session

    def absolute(self, path: str, session: Session) -> str:
        """Return the absolute path of what a diagnostic names."""
        return os.path.join(session.working_folder, path)

    def context(self, path: str) -> DocumentContext:
        """Return where a document is. Raise MdtablesError for a wrong configuration."""
        return context_of(path, self.session(path).projects)

    # --- outcomes ---------------------------------------------------------------------------------------------------

    def outcome(self, text: OpenText) -> Outcome:
        """Return the outcome for a document as it is open."""
        if marker.PREFIX not in text.text and not marker.may_be_in(text.text.encode("utf-8", "replace")):
            return Outcome(text.path, text.text, text.text)
        warm = self._warm_for(text.path)
        known = warm.outcomes.get(text.uri)
        if known is None or known.old != text.text:
            known = warm.outcomes[text.uri] = self._outcome(text, warm)
        return known

    def _outcome(self, text: OpenText, warm: _Warm) -> Outcome:
        session = warm.session
        try:
            data = text.text.encode()
        except UnicodeEncodeError:  # half of a surrogate pair
            data = text.text.encode("utf-8", "replace")
        session.loader.put(text.real, data)  # its own tables may be sources
        outcome = session.regenerate(text.path, data, found_in=os.path.dirname(text.path))
        if outcome is None:  # it is excluded
            return Outcome(text.path, text.text, text.text)
        if outcome.old != text.text:  # that of a document that was not looked at, which has no text
            outcome = outcome._replace(old=text.text, new=text.text)
        warm.watched.add(session.projects.looked_for())
        warm.watched.add(path for path in session.loader.files_read() if path != text.real)
        try:
            context = context_of(text.path, session.projects)
        except MdtablesError as error:
            return failed_outcome(text.path, *error.diagnostics)._replace(old=text.text, new=text.text)
        for region in outcome.regions:
            key = context.folder, tuple(sources_read(region.options))
            if key not in warm.looked_for:  # finding them takes longer than the table
                warm.looked_for.add(key)
                warm.watched.add(places_of(allowed_paths_of(region.options, context)))
        return outcome
