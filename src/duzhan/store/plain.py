"""Frozen values of the model as plain data, and back: equal to what they were."""

from __future__ import annotations

import dataclasses
import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from duzhan import model

if TYPE_CHECKING:
    from collections.abc import Callable

    from duzhan.store.cache import Plain

_CLASSES: dict[str, Callable[..., object]] = {
    name: getattr(model, name)
    for name in model.__all__
    if dataclasses.is_dataclass(getattr(model, name))
}
_FIELDS = {
    name: tuple(field.name for field in dataclasses.fields(getattr(model, name)))
    for name in _CLASSES
}


def plain(value: object) -> Plain:
    """A value of the model as plain data.

    Args:
        value: of the model's classes, texts, numbers, days, fractions; tuples and
            mappings of them.

    Raises:
        TypeError: it holds something else.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case tuple():
            return [plain(one) for one in value]
        case dict():
            return {"dict": [[plain(key), plain(one)] for key, one in value.items()]}
        case dt.date() if type(value) is dt.date:
            return {"date": value.isoformat()}
        case Fraction():
            return {"Fraction": str(value)}
    name = type(value).__name__
    if _CLASSES.get(name) is not type(value):
        raise TypeError(name)
    return {name: [plain(getattr(value, field)) for field in _FIELDS[name]]}


def restored(data: Plain) -> object:
    """The value that plain data stand for.

    Args:
        data: from `plain`.

    Raises:
        ValueError: they are not.
    """
    try:
        return _restored(data)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(data) from error


def _restored(data: Plain) -> object:
    if isinstance(data, list):
        return _several(data)
    if not isinstance(data, dict):
        return data
    ((name, told),) = data.items()
    match name:
        case "date":
            return dt.date.fromisoformat(str(told))
        case "Fraction":
            return Fraction(str(told))
        case "dict":
            return dict(_several(told))
    return _CLASSES[name](*_several(told))


def _several(data: Plain) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise TypeError(data)
    return tuple([_restored(one) for one in data])
