"""Sound files are read without pydantic: whatever is read so, pydantic reads alike."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from duzhan import values
from duzhan.dataset.config.document import Document
from duzhan.dataset.config.keys import MilestonesFile
from duzhan.dataset.config.models import annotation
from duzhan.dataset.config.refusals import look_into
from duzhan.dataset.config.roster_keys import ROBOT_KIND, GroupsFile
from duzhan.dataset.config.standard_keys import StandardFile
from duzhan.dataset.config.yamlfile import load
from duzhan.shapes import Each, FileKeys, FreeKeys, Maybe, OneOf, RefusedValue, Shape

if TYPE_CHECKING:
    from duzhan.dataset.config.document import Plain

ROOT = Path(__file__).parent.parent
FILES: dict[str, tuple[type[FileKeys], Path]] = {
    "groups": (GroupsFile, ROOT / "data" / "groups.yaml"),
    "milestones": (MilestonesFile, ROOT / "data" / "milestones.yaml"),
    "standard": (StandardFile, Path(__file__).parent / "cases" / "messy-1" / "standard.yaml"),
}
SHAPES: dict[str, Shape[Any]] = {
    name.lower(): shape for name, shape in vars(values).items() if isinstance(shape, Shape)
} | {
    "robot": ROBOT_KIND,
    "word": OneOf("one", "two"),
    "list": Each(values.LINE, least=1),
    "empty or day": Maybe(values.DATE),
    "aliases": FreeKeys(Each(values.LINE)),
}

TEXTS = (
    "", " ", "\u3000文 山\u3000", "\x1c文\x1f", "\x85a\xa0", "a\n", "a\nb", "\u200b", "一\u2028",
    "532601", "532601\n", " 532601", "５３２６０１", "2021-06-30", " 2021-06-30\x1d",
    "2021-02-30", "２０２１-06-30", "720", "0720.5", "-3", "+3", "１２", "9999999999", "90%",
    "90 %", "101%", "９%", "true", "TRUE", " False ", "是", "Asia/Shanghai", "Asia/../x", "A_1",
    "1A", "C:\\key", "a:b", "k?", ".hidden", "a.b", "con", "wecom", "one", "One", "\ud83d", "😀",
    "\x7f", "a" * 300,
)  # fmt: skip
OTHERS: tuple[Plain, ...] = (None, [], ["a"], ["a", None], {}, {"a": ["b"]}, {"a": "b"}, {"": []})


def plain(value: object) -> object:
    """Keys as mappings, to be compared; those that the file does not have are told apart."""
    if isinstance(value, FileKeys):
        return type(value), value.given, {k: plain(v) for k, v in value.every().items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def taken(shape: Shape[Any], value: object) -> object:
    try:
        return shape.take(value)
    except RefusedValue:
        return RefusedValue


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_shape_takes_what_pydantic_takes_and_reads_it_alike(shape: Shape[Any]) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(annotation(shape))
    for value in (*TEXTS, *OTHERS):
        try:
            expected = adapter.validate_python(value)
        except ValidationError:
            expected = RefusedValue
        found = taken(shape, value)
        assert (found, type(found)) == (expected, type(expected)), repr(value)


def paths(data: Plain, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data or ())
    if isinstance(data, str | None):
        return [path]
    return [path, *(found for at, one in inner for found in paths(one, (*path, at)))]


def changed(data: Plain, path: tuple[str | int, ...], how: str, value: Plain) -> Any:  # noqa: ANN401
    data = copy.deepcopy(data)
    holder: Any = data
    for part in path[:-1]:
        holder = holder[part]
    if how == "replace":
        holder[path[-1]] = value
    elif how == "remove":
        del holder[path[-1]]
    elif isinstance(holder, dict):
        holder["又一个"] = value
    else:
        holder.append(value)
    return data


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(sorted(FILES)),
    picks=st.lists(
        st.tuples(
            st.integers(0, 10_000),
            st.sampled_from(("replace", "remove", "add")),
            st.sampled_from((*TEXTS, *OTHERS)),
        ),
        max_size=3,
    ),
)
def test_a_file_is_sound_where_pydantic_says_so_and_says_the_same(
    name: str, picks: list[tuple[int, str, Plain]]
) -> None:
    keys, path = FILES[name]
    data: Any = load(path, path.name).data
    for pick, how, value in picks:
        below = paths(data)[1:]
        data = changed(data, below[pick % len(below)], how, value)
    try:
        found: FileKeys | None = keys.read(data)
    except RefusedValue:
        found = None
    document = Document(path.name, data)
    expected = look_into(document, keys)

    assert plain(found) == plain(expected)
    assert (expected is None) == bool(document.problems)
