"""Document -> the data files that it uses. Knows markers and paths, and reads no data."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator

from mdtables.document.parse import parse
from mdtables.document.region_options import read_options
from mdtables.model.diagnostics import Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.option_values import Source
from mdtables.model.options import Options, sources_read
from mdtables.workspace.config import Projects
from mdtables.workspace.context import DocumentContext, context_of, named_path, resolve
from mdtables.workspace.git import GitError
from mdtables.workspace.glob import Pattern, TooManyFilesError
from mdtables.workspace.paths import comparable, is_remote


def sources_of(path: str, data: bytes, projects: Projects) -> Iterator[str | Pattern]:
    """Yield the paths and patterns of a document's sources, as far as its markers can be read: see `paths_of`.

    An invalid configuration is ignored. Raise MdtablesError if the project's root depends on it.
    """
    try:
        context = context_of(path, projects)
    except MdtablesError:
        folder = os.path.dirname(os.path.realpath(path))
        context = DocumentContext(folder, projects.root(folder), document=os.path.realpath(path))
    document = parse(data.decode("utf-8", "replace"), path)
    for region in document.regions:
        options, _ = read_options(region.start, context.settings.defaults)
        yield from paths_of(options, context)


def options_for(document: str, data: bytes, source: str, projects: Projects) -> Iterator[Options]:
    """Yield the options of the regions of a document that use a data file. Raise MdtablesError."""
    context = context_of(document, projects)
    wanted = os.path.realpath(source)
    for region in parse(data.decode("utf-8", "replace"), document).regions:
        options, _ = read_options(region.start, context.settings.defaults)
        if any(_is_file(each, wanted) for each in paths_of(options, context)):
            yield options


def may_read(document: str, data: bytes, files: Collection[str], projects: Projects) -> bool:
    """Return True if a marker names one of these real paths, or a pattern that matches one. Nothing is listed for that.

    Raise MdtablesError if the project's root depends on an invalid configuration.
    """
    context = context_of(document, projects)
    for region in parse(data.decode("utf-8", "replace"), document).regions:
        options, _ = read_options(region.start, context.settings.defaults)
        for source in sources_read(options):
            path = named_path(source.path, context)
            if source.is_pattern and not os.path.isfile(path):
                pattern = Pattern(path)
                if any(map(pattern.matches, files)):
                    return True
            elif not is_remote(source.path) and os.path.realpath(path) in files:
                return True
    return False


def _is_file(source: str | Pattern, wanted: str) -> bool:
    return source.matches(wanted) if isinstance(source, Pattern) else os.path.realpath(source) == wanted


def paths_of(options: Options, context: DocumentContext) -> Iterator[str | Pattern]:
    """Yield the absolute path of each file that a region reads, and those to which links lead from there.

    For a pattern, yield it, then the same for each file that matches now.
    """
    for source in sources_read(options):
        yield from _paths_of(source, context)


def _paths_of(source: Source, context: DocumentContext) -> Iterator[str | Pattern]:
    if is_remote(source.path):
        return
    path = named_path(source.path, context)
    if source.is_pattern and not os.path.isfile(path):
        pattern = Pattern(path)
        places = [os.path.join(place, "") for place in (context.root, *context.settings.allowed_folders)]
        if not os.path.join(pattern.base, "").startswith(tuple(places)):
            return  # what is outside of the project is not even listed
        yield pattern
        yield from _steps(pattern.base)
        try:
            for file in pattern.find().files:
                yield from _steps(file)
        except (GitError, TooManyFilesError):
            return
        return
    yield from _steps(path)
    try:
        yield resolve(source.path, context, located_at(Location(path)))
    except MdtablesError:
        return


def allowed_paths_of(options: Options, context: DocumentContext) -> Iterator[str | Pattern]:
    """Yield those of `paths_of` that are where sources may be read from."""
    places = tuple(os.path.join(place, "") for place in (context.root, *context.settings.allowed_folders))
    for each in paths_of(options, context):
        path = os.path.join(each.base, "") if isinstance(each, Pattern) else each
        if path.startswith(places):
            yield each


_MOST_LINKS = 40  # as many as Linux follows


def _steps(path: str) -> Iterator[str]:
    """Yield an absolute path at each symbolic link on its way, as the system follows them, and what it comes to."""
    current, rest = os.path.splitdrive(path)[0] + os.sep, _parts(path)
    links = 0
    while rest:
        part = rest.pop()
        place = os.path.join(current, part)
        if part == os.pardir:
            current = os.path.dirname(current)
        elif links < _MOST_LINKS and os.path.islink(place):
            links += 1
            yield os.path.join(place, *reversed(rest))
            target = os.readlink(place).removeprefix("\\\\?\\")  # as Windows spells absolute paths
            current = os.path.splitdrive(target)[0] + os.sep if os.path.isabs(target) else current
            rest += _parts(target)
        else:
            current = place
    yield current


def _parts(path: str) -> list[str]:
    """Return the names in a path, the last one first."""
    names = os.path.splitdrive(path)[1].replace("/", os.sep).split(os.sep)
    return [name for name in reversed(names) if name not in ("", os.curdir)]


class DataFiles:
    """Files that documents may use as sources, or folders of such files. They need not exist."""

    def __init__(self, paths: Iterable[str], working_folder: str) -> None:
        self._named: dict[str, set[str]] = {}  # the names given to each absolute path, made comparable
        for path in paths:
            whole = os.path.normpath(os.path.join(os.path.realpath(working_folder), path))
            for spelled in (whole, os.path.realpath(whole)):
                self._named.setdefault(comparable(spelled), set()).add(path)

    def among(self, sources: Iterable[str | Pattern]) -> set[str]:
        """Return those that one of these sources, absolute paths, is or is inside of, or that a pattern may mean."""
        found: set[str] = set()
        for source in sources:
            if isinstance(source, Pattern):
                meant = (path for path in self._named if _may_mean(source, path))
            else:
                meant = (comparable(place) for place in _upwards(source))
            found.update(name for path in meant for name in self._named.get(path, ()))
        return found


def _may_mean(pattern: Pattern, path: str) -> bool:
    """Return True if a pattern means a file, or files in a folder, or in what may have been one."""
    return pattern.matches(path) or (not os.path.isfile(path) and pattern.may_be_in(path))


def _upwards(path: str) -> Iterator[str]:
    """Yield a path, its folder, the folder of that, and so on."""
    yield path
    while (above := os.path.dirname(path)) != path:
        path = above
        yield path
