"""Our named tuples beside those of `typing`, which type checkers take them for."""

from __future__ import annotations

import copy
import pickle
import types
import typing
from typing import TYPE_CHECKING

import pytest

from mdtables import records

if TYPE_CHECKING:
    from mdtables.records import NamedTuple as Ours
else:
    Ours = records.NamedTuple


class Place(Ours):
    """A place in a file."""

    path: str
    line: int = 1
    names: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        return f"{self.path}:{self.line}"


class Known(typing.NamedTuple):
    """The same, by `typing`."""

    path: str
    line: int = 1
    names: tuple[str, ...] = ()


def test_record_is_a_tuple_with_names_defaults_and_methods() -> None:
    place = Place("a.md", names=("x",))
    assert tuple(place) == tuple(Known("a.md", names=("x",)))
    assert (place.path, place.line, place.shown, place[1]) == ("a.md", 1, "a.md:1", 1)
    assert hash(place) == hash(tuple(place))
    assert repr(place) == repr(Known("a.md", 1, ("x",))).replace("Known", "Place")
    assert Place.__doc__ == "A place in a file."
    assert not hasattr(place, "__dict__")


def test_replaced_record_is_a_new_one_of_the_same_class() -> None:
    place = Place("a.md")
    assert place._replace(line=2) == Place("a.md", 2)
    assert type(place._replace(line=2)) is Place
    assert place == Place("a.md")
    with pytest.raises(ValueError, match="nothing"):
        place._replace(nothing=1)  # type: ignore[call-arg]


def test_record_survives_pickling_and_copying() -> None:
    place = Place("a.md", 3, ("x", "y"))
    assert [pickle.loads(pickle.dumps(place)), copy.copy(place), copy.deepcopy(place)] == [place] * 3
    assert type(pickle.loads(pickle.dumps(place))) is Place


@pytest.mark.parametrize("values", [(), ("a", 1, (), "too many")])
def test_wrong_number_of_values_is_an_error(values: tuple[object, ...]) -> None:
    for made in (Place, Known):
        with pytest.raises(TypeError):
            made(*values)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        Place("a.md").line = 2  # type: ignore[misc]


def test_record_matches_by_position_and_by_name() -> None:
    match Place("a.md", 4):
        case Place(path, line=4):
            assert path == "a.md"
        case _:
            pytest.fail("no match")


def test_default_before_a_field_without_one_is_an_error() -> None:
    with pytest.raises(TypeError, match="wrong"):
        types.new_class("Wrong", (Ours,), exec_body=_with_a_field_too_many)


def _with_a_field_too_many(namespace: dict[str, object]) -> None:
    namespace.update(__annotations__={"given": "int", "wrong": "int"}, given=1)
