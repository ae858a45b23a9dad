"""Shapes that the values of a configuration file have, and mappings with declared keys.

Each file's keys are declared once, with these. A sound file is read by them alone;
what is wrong with another is found out from the same declarations by pydantic
(`dataset.config.models`), which takes longer to load than a roster takes to read.
So a shape need not say why it refuses, and may refuse what pydantic would take;
it never takes what pydantic would refuse, nor reads anything otherwise.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Never, Self

T = TypeVar("T")
K = TypeVar("K", bound="FileKeys")
Schema = dict[str, Any]

# White space as Unicode has it, and so pydantic; Python also counts U+001C to U+001F.
_BLANK = (
    "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)


class RefusedValue(ValueError):  # noqa: N818 - not a fault of the program
    """A value that is not as declared.

    Attributes:
        code: machine-readable; "" where pydantic finds out what is wrong.
        message: one Chinese clause.
    """

    def __init__(self, code: str = "", message: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Shape(ABC, Generic[T]):
    """What a value has to be, and what it is read as."""

    @abstractmethod
    def take(self, value: object) -> T:
        """Read a value of the file: text, a list, a mapping or None.

        Raises:
            RefusedValue: it is not of this shape, or only pydantic can tell.
        """


class Written(Shape[str]):
    """Text.

    Args:
        pattern: what the whole of it fits.
        least: how many characters it has at least.
        strip: leave out the white space around it.
        schema: how editors are told, if not by these.
    """

    def __init__(
        self,
        pattern: str | None = None,
        least: int = 0,
        *,
        strip: bool = True,
        schema: Schema | None = None,
    ) -> None:
        self.pattern, self.least, self.strip, self.schema = pattern, least, strip, schema
        self._fits = re.compile(pattern or "(?s:.*)").fullmatch

    def take(self, value: object) -> str:
        """See `Shape`."""
        if not isinstance(value, str):
            raise RefusedValue
        text = value.strip(_BLANK) if self.strip else value
        if len(text) < self.least or not self._fits(text) or not _is_unicode(text):
            raise RefusedValue
        return text


def _is_unicode(text: str) -> bool:
    """Whether it holds no halves of characters, which an escape in a file may be."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


class Read(Shape[T]):
    """Text that stands for something else.

    Args:
        kind: what it is read as.
        read: reads the text without white space around it; raises RefusedValue.
        least: the least number.
        schema: how editors are told, if not by these.
    """

    def __init__(
        self,
        kind: type[T],
        read: Callable[[str], T],
        *,
        least: int | None = None,
        schema: Schema | None = None,
    ) -> None:
        self.kind, self.read, self.least, self.schema = kind, read, least, schema

    def take(self, value: object) -> T:
        """See `Shape`."""
        if not isinstance(value, str) or not _is_unicode(value):
            raise RefusedValue
        found = self.read(value.strip())
        if self.least is not None and isinstance(found, int) and found < self.least:
            raise RefusedValue
        return found


class OneOf(Shape[T]):
    """One of a few words."""

    def __init__(self, *words: T) -> None:
        self.words = words

    def take(self, value: object) -> T:
        """See `Shape`."""
        for word in self.words:
            if word == value:
                return word
        raise RefusedValue


class Each(Shape[list[T]]):
    """A list.

    Args:
        inner: the shape of its entries.
        least: how many there are at least.
    """

    def __init__(self, inner: Shape[T], least: int = 0) -> None:
        self.inner, self.least = inner, least

    def take(self, value: object) -> list[T]:
        """See `Shape`."""
        if not isinstance(value, list) or len(value) < self.least:
            raise RefusedValue
        return [self.inner.take(one) for one in value]


class FreeKeys(Shape[dict[str, T]]):
    """A mapping whose keys people choose.

    Args:
        inner: the shape of its values.
    """

    def __init__(self, inner: Shape[T]) -> None:
        self.inner = inner

    def take(self, value: object) -> dict[str, T]:
        """See `Shape`."""
        if not isinstance(value, dict):
            raise RefusedValue
        return {name: self.inner.take(one) for name, one in value.items()}


class Maybe(Shape[T | None]):
    """What may be left empty.

    Args:
        inner: the shape of what is not.
    """

    def __init__(self, inner: Shape[T]) -> None:
        self.inner = inner

    def take(self, value: object) -> T | None:
        """See `Shape`."""
        return None if value is None else self.inner.take(value)


class Below(Shape[K]):
    """A mapping with declared keys."""

    def __init__(self, keys: type[K]) -> None:
        self.keys = keys

    def take(self, value: object) -> K:
        """See `Shape`."""
        return self.keys.read(value)


class ByKind(Shape[K]):
    """A mapping whose keys depend on what stands under `kind`.

    Args:
        kinds: gives the keys of each kind.
    """

    def __init__(self, kinds: Callable[[], Mapping[str, type[K]]]) -> None:
        self.kinds = kinds

    def take(self, value: object) -> K:
        """See `Shape`."""
        kind = value.get("kind") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in (known := self.kinds()):
            raise RefusedValue
        return known[kind].read(value)


class DeclaredKey(Generic[T]):
    """What is declared of a key.

    Attributes:
        shape: of its value.
        about: for people who fill it in; editors, docs and messages quote it.
        default: what holds where it is not written; `...` if it must be.
    """

    def __init__(self, shape: Shape[T], about: str, default: object = ...) -> None:
        self.shape, self.about, self.default = shape, about, default

    @property
    def required(self) -> bool:
        """Whether it must be written."""
        return self.default is ...


@overload
def key(shape: Shape[T], about: str) -> T: ...
@overload
def key(shape: Shape[T], about: str, default: T) -> T: ...
def key(shape: Shape[T], about: str, default: Any = ...) -> Any:
    """Declare a key of a mapping; whoever reads the class sees the value.

    Args:
        shape: of its value.
        about: what it means, in Chinese, with an example.
        default: what holds where it is not written; it must be written without one.
    """
    return DeclaredKey(shape, about, default)


def optional(shape: Shape[T], about: str) -> T | None:
    """Declare a key that may be left out or empty.

    Args:
        shape: of its value.
        about: what it means, in Chinese, with an example.
    """
    declared: T | None = key(Maybe(shape), about, None)
    return declared


class FileKeys:
    """A mapping with known keys and no others.

    Attributes:
        declared: its keys, in the order in which they are told.
        given: those that the file has.
    """

    declared: ClassVar[dict[str, DeclaredKey[Any]]] = {}
    given: frozenset[str]

    def __init_subclass__(cls) -> None:
        """Take up the keys that the class declares, behind those of the class above it."""
        own = {name: one for name, one in vars(cls).items() if isinstance(one, DeclaredKey)}
        cls.declared = {**cls.declared, **own}

    @classmethod
    def read(cls, data: object) -> Self:
        """Read a mapping of the file.

        Raises:
            RefusedValue: a key or a value is not as declared, or only pydantic can tell.
        """
        if not isinstance(data, dict) or not data.keys() <= cls.declared.keys():
            raise RefusedValue
        if any(one.required and name not in data for name, one in cls.declared.items()):
            raise RefusedValue
        return cls.of({name: cls.declared[name].shape.take(value) for name, value in data.items()})

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Self:
        """Hold values that have been read, and the defaults of what is not among them.

        Raises:
            RefusedValue: they do not go together.
        """
        made = cls.__new__(cls)
        defaults = {name: one.default for name, one in cls.declared.items() if not one.required}
        vars(made).update({**defaults, **values, "given": frozenset(values)})
        made.check()
        return made

    def check(self) -> None:
        """See whether the values go together.

        Raises:
            RefusedValue: they do not.
        """

    def every(self) -> dict[str, Any]:
        """The values of all keys."""
        return {name: getattr(self, name) for name in self.declared}

    def __setattr__(self, name: str, _: object) -> Never:
        raise AttributeError(name)
