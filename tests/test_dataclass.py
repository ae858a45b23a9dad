"""The house's `dataclass` is the standard library's, made sooner."""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import FrozenInstanceError, field
from typing import Any

import pytest

import duzhan.dataclass


class Plain:
    """Fields of every kind that the program has."""

    name: str
    number: int = 1
    words: dict[str, str] = field(default_factory=dict, hash=False)
    secret: str = field(default="", repr=False)
    aside: int = field(default=0, compare=False)


class Single:
    """One field, made ready after it is set."""

    value: float

    def __post_init__(self) -> None:
        """Only look: it may be frozen."""
        assert self.value is not None


class Nothing:
    """No fields."""


OF_EVERY_CLASS = {"__dict__", "__weakref__"}


def both(cls: type, **how: bool) -> tuple[Any, Any]:
    """A class made by the standard library, and by the house."""
    named = {name: value for name, value in vars(cls).items() if name not in OF_EVERY_CLASS}
    copies = [type(cls.__name__, (), dict(named)) for _ in range(2)]
    return (
        dataclasses.dataclass(**how)(copies[0]),
        duzhan.dataclass.dataclass(**how)(copies[1]),
    )


HOW = [{}, {"slots": True}, {"frozen": True}, {"frozen": True, "slots": True}]


@pytest.mark.parametrize("how", HOW, ids=str)
@pytest.mark.parametrize(
    ("cls", "values"),
    [
        (Plain, ("a", 2, {"b": "c"}, "d", 3)),
        (Plain, ("a",)),
        (Single, (float("nan"),)),
        (Nothing, ()),
    ],
)
def test_both_make_the_same(cls: type, values: tuple[object, ...], how: dict[str, bool]) -> None:
    theirs, ours = both(cls, **how)
    one, other = theirs(*values), ours(*values)

    assert repr(one) == repr(other)
    assert dataclasses.asdict(one).keys() == dataclasses.asdict(other).keys()
    assert repr(dataclasses.replace(one)) == repr(dataclasses.replace(other))
    assert theirs.__match_args__ == ours.__match_args__
    assert hasattr(one, "__dict__") == hasattr(other, "__dict__")
    assert one == theirs(*values)
    assert other == ours(*values)
    assert other != one
    assert repr(copy.deepcopy(other)) == repr(other)
    if not how.get("frozen"):
        assert ours.__hash__ is None
        return
    assert hash(one) == hash(other)
    for name in ("value", "name"):
        with pytest.raises(FrozenInstanceError, match=name):
            setattr(other, name, 1)
        with pytest.raises(FrozenInstanceError, match=name):
            delattr(other, name)


def test_a_field_without_a_value_is_missed_by_its_name() -> None:
    _, ours = both(Plain, frozen=True, slots=True)

    with pytest.raises(TypeError, match=r"Plain\.__init__\(\) missing 1 .*'name'"):
        ours()
