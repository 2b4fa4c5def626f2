"""`NamedTuple`, which does what that of `typing` does, but is made faster. Knows nothing of what records hold.

A run for one region makes 63 of these classes. With `typing`, that takes a fifth of its time: every annotation is
compiled, although nobody asks for its type.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers see typing's own, which nothing imports while it runs
if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414  # the alias is what exports it
else:
    from collections import _tuplegetter

    class _Record(tuple):
        """What every named tuple can do."""

        __slots__ = ()
        _fields = ()

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, /, **values):
            replaced = tuple.__new__(type(self), map(values.pop, self._fields, self))
            if values:
                raise ValueError(f"Got unexpected field names: {list(values)!r}")
            return replaced

        def __repr__(self):
            pairs = ", ".join(f"{field}={value!r}" for field, value in self._asdict().items())
            return f"{type(self).__name__}({pairs})"

        def __getnewargs__(self):
            return tuple(self)

    class _Maker(type):
        """Makes a class of tuples out of the annotations of a class, and of the values that stand beside them."""

        def __new__(cls, name, bases, namespace):
            if not bases:
                return super().__new__(cls, name, bases, namespace)
            fields = tuple(namespace.get("__annotations__", ()))
            defaults = tuple(namespace[field] for field in fields if field in namespace)
            for field in fields[len(fields) - len(defaults) :]:
                if field not in namespace:
                    raise TypeError(f"{name}.{field} has no default, but one above it has")
            getters = {field: _tuplegetter(index, "") for index, field in enumerate(fields)}
            own = {
                "__slots__": (),
                "_fields": fields,
                "__match_args__": fields,
                "__new__": _constructor(fields, defaults),
            }
            return type(name, (_Record,), {**namespace, **own, **getters})

    def _constructor(fields, defaults):
        """Return the `__new__` of a class with these fields, the last of which have defaults.

        Like that of `collections`, it is made of text, as a function with other arguments than its own would be slower.
        """
        names = ", ".join(fields)
        new = eval(f"lambda cls, {names}: make(cls, ({names},))", {"make": tuple.__new__, "__builtins__": {}})  # noqa: S307
        new.__defaults__ = defaults
        return new

    class NamedTuple(metaclass=_Maker):
        """The base of named tuples."""
