"""The declared keys as pydantic models: they find everything that is wrong with a file.

The JSON schemas, the data dictionary and the editors' hints come from them too. No sound
file needs them (see `duzhan.shapes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional, TypeVar, Union

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    create_model,
)
from pydantic_core import PydanticCustomError

from duzhan.shapes import (
    Below,
    ByKind,
    Each,
    FileKeys,
    FreeKeys,
    Maybe,
    OneOf,
    Read,
    RefusedValue,
    Written,
)
from duzhan.values import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from duzhan.shapes import DeclaredKey, Schema, Shape


Keys = TypeVar("Keys", bound=FileKeys)

# One for each mapping, or their schema would hold it twice.
_MODELS: dict[type[FileKeys], type[BaseModel]] = {}


def model_of(keys: type[FileKeys]) -> type[BaseModel]:
    """The model of a mapping with declared keys, under their name."""
    if keys not in _MODELS:
        fields: dict[str, Any] = {
            name: (annotation(one.shape), _field(one)) for name, one in keys.declared.items()
        }
        config = ConfigDict(extra="forbid", defer_build=True)
        _MODELS[keys] = create_model(keys.__name__, __config__=config, **fields)
    return _MODELS[keys]


def held(model: BaseModel, keys: type[Keys]) -> Keys:
    """What a model read, as the program uses it.

    Raises:
        PydanticCustomError: the values do not go together.
    """
    try:
        return keys.of({name: getattr(model, name) for name in model.model_fields_set})
    except RefusedValue as refused:
        raise PydanticCustomError(refused.code, refused.message) from None


def annotation(shape: Shape[Any]) -> Any:  # noqa: ANN401 - any annotation
    """What pydantic is told of a shape."""
    made: Any
    match shape:
        case Written():
            told = StringConstraints(
                strip_whitespace=shape.strip or None,
                min_length=shape.least or None,
                pattern=shape.pattern,
            )
            made = Annotated[str, told, *_schema(shape.schema)]
        case Read():
            least = [] if shape.least is None else [Field(ge=shape.least)]
            made = Annotated[shape.kind, _reader(shape.read), *least, *_schema(shape.schema)]
        case OneOf():
            made = Literal[shape.words]
        case Each():
            made = Annotated[list[annotation(shape.inner)], Field(min_length=shape.least or None)]  # type: ignore[misc]
        case FreeKeys():
            made = dict[str, annotation(shape.inner)]  # type: ignore[misc]
        case Maybe():
            made = Optional[annotation(shape.inner)]  # noqa: UP045 - made here
        case Below():
            made = Annotated[model_of(shape.keys), _holder(shape.keys)]
        case ByKind():
            known = tuple(shape.kinds().values())
            every = Union.__getitem__(tuple(model_of(keys) for keys in known))
            made = Annotated[every, Field(discriminator="kind"), _holder(*known)]
        case _:
            raise TypeError(shape)
    return made


def _schema(schema: Schema | None) -> list[WithJsonSchema]:
    return [] if schema is None else [WithJsonSchema(schema)]


def _field(one: DeclaredKey[Any]) -> Any:  # noqa: ANN401 - as pydantic has it
    """The description of a key, and what holds without it."""
    if isinstance(one.default, FileKeys):
        return Field(default_factory=lambda: one.default, description=one.about)
    return Field(one.default, description=one.about)


def _holder(*known: type[FileKeys]) -> AfterValidator:
    """Give the keys themselves in the place of their model."""
    keys_of = {model_of(keys): keys for keys in known}
    return AfterValidator(lambda model: held(model, keys_of[type(model)]))


def _reader(read: Callable[[str], object]) -> BeforeValidator:
    """Read text; refuse lists, mappings and nothing in words."""

    def validate(value: object) -> object:
        if value is None:
            raise PydanticCustomError("missing-value", "不能空着")
        if not isinstance(value, str):
            raise PydanticCustomError(
                "bad-type", "应为一个值，现为{kind}", {"kind": kind_of(value)}
            )
        try:
            return read(value.strip())
        except RefusedValue as refused:
            raise PydanticCustomError(refused.code, refused.message) from None

    return BeforeValidator(validate)
