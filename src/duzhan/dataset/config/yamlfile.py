"""One YAML file, read safely into a `Document`; whatever is wrong with it is a problem in there.

The file is read event by event: composing a tree first would let deep nesting
overflow the C stack, and aliases of aliases fill the memory.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from duzhan.dataset.config.document import MAX_DEPTH, Document, Mark, show_path
from duzhan.errors import reason
from duzhan.files import opened
from duzhan.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path as FilePath

    from duzhan.dataset.config.document import Path, Plain

MAX_SIZE = 4 << 20
MAX_NODES = 100_000

_NODES = (AliasEvent, ScalarEvent, SequenceStartEvent, MappingStartEvent)
_EMPTY = frozenset({"", "~", "null", "Null", "NULL"})
# The C parser is many times as fast; PyYAML can be built without it.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Refused(Exception):  # noqa: N818 - not a fault of the program
    """The file cannot be used from here on."""

    def __init__(self, mark: Mark, message: str) -> None:
        super().__init__(message)
        self.mark = mark
        self.message = message


def load(path: FilePath, shown_as: str) -> Document:
    """Read a YAML file whose top is a mapping.

    Whatever is wrong with the file becomes problems of the document, never an error.

    Args:
        path: the file.
        shown_as: its name in messages, such as ``groups.yaml``.
    """
    document = Document(shown_as)
    text = _read_text(path, document)
    if text is None:
        return document
    try:
        _Builder(document, text).build()
    except _Refused as refused:
        message = f"第{refused.mark.column}列起：{refused.message}"
        _whole(document, "bad-yaml", message, refused.mark.line)
    except yaml.YAMLError as error:
        # Explaining an error takes modules that a sound file does not need.
        from duzhan.dataset.config.yamlerrors import explain_syntax  # noqa: PLC0415

        mark, message = explain_syntax(error, text)
        _whole(document, "bad-yaml", f"第{mark.column}列起：{message}", mark.line)
    return document


def _whole(document: Document, code: str, message: str, line: int | None = None) -> None:
    """Report what makes the whole file unusable."""
    document.data = None
    document.problems.append(Problem("error", document.file, line, None, None, code, message))


def _read_text(path: FilePath, document: Document) -> str | None:
    """The file's text; None, and a problem, if there is none."""
    try:
        with opened(path) as file:
            raw = file.read(MAX_SIZE + 1)
    except OSError as error:
        why = {
            FileNotFoundError: "文件不存在；新的数据目录用 duzhan init 建立",
            IsADirectoryError: "这是文件夹，应为 YAML 文件",
            PermissionError: "没有读取权限，请改文件权限",
        }.get(type(error), f"读不出来（{reason(error)}）")
        _whole(document, "bad-file", why)
        return None
    if len(raw) > MAX_SIZE:
        _whole(document, "bad-file", f"文件超过 {MAX_SIZE >> 20} MiB，不像名册或规则，未读取")
        return None
    try:
        return raw.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = "不是 UTF-8 编码（多半是 GBK），请在编辑器中另存为 UTF-8"
        _whole(document, "bad-encoding", message, line)
        return None


class _Builder:
    """Turns parse events into plain data, once through."""

    def __init__(self, document: Document, text: str) -> None:
        self._document = document
        self._events = iter(yaml.parse(text, Loader=_LOADER))
        self._anchors: dict[str, tuple[Plain, Path]] = {}
        self._nodes = 0

    def build(self) -> None:
        """Fill the document.

        Raises:
            _Refused: the file cannot be used.
            yaml.YAMLError: it is not YAML.
        """
        documents = 0
        top: Plain = None
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Refused(_mark(event), "一个文件只能有一份内容，请删去多余的“---”")
            elif isinstance(event, _NODES):
                top = self._read(event, ())
        if top is None:
            raise _Refused(Mark(1, 1), "文件是空的，应有内容")
        if not isinstance(top, dict):
            kind = "列表" if isinstance(top, list) else "文字"
            raise _Refused(self._document.marks[()], f"最外层应为“键: 值”，现为{kind}")
        self._document.data = top

    def _read(self, event: yaml.Event, path: Path) -> Plain:
        if isinstance(event, AliasEvent):
            return self._alias(event, path)
        mark = _mark(event)
        self._enter(path, mark)
        if tag := getattr(event, "tag", None):
            message = f"不支持标签“{tag}”，请删去，直接写内容"
            self._document.report(path, "bad-yaml", message)
        value: Plain
        if isinstance(event, MappingStartEvent):
            value = self._mapping(path)
        elif isinstance(event, SequenceStartEvent):
            value = [
                self._read(item, (*path, place))
                for place, item in enumerate(self._until(SequenceEndEvent))
            ]
        else:
            text = str(getattr(event, "value", ""))
            value = None if text in _EMPTY and not getattr(event, "style", "") else text
        if anchor := getattr(event, "anchor", None):
            self._anchors[anchor] = (value, path)
        return value

    def _until(self, end: type[MappingEndEvent | SequenceEndEvent]) -> Iterator[yaml.Event]:
        for event in self._events:
            if isinstance(event, end):
                return
            yield event

    def _mapping(self, path: Path) -> dict[str, Plain]:
        made: dict[str, Plain] = {}
        events = self._until(MappingEndEvent)
        for key_event in events:
            mark = _mark(key_event)
            if not isinstance(key_event, ScalarEvent):
                raise _Refused(mark, "键应为文字，不能是列表、一组键值或别名")
            key = key_event.value
            inner = (*path, key)
            if key in made:
                first = self._document.keys[inner].line
                self._read(next(events), (*path, key, "重复"))
                self._document.problems.append(_duplicate(self._document.file, inner, mark, first))
                continue
            self._document.keys[inner] = mark
            made[key] = self._read(next(events), inner)
        return made

    def _alias(self, event: AliasEvent, path: Path) -> Plain:
        mark = _mark(event)
        if event.anchor not in self._anchors:
            raise _Refused(
                mark, f"“*{event.anchor}”前面没有对应的“&{event.anchor}”；星号开头的文字请加引号"
            )
        value, source = self._anchors[event.anchor]
        return self._graft(value, source, path, mark)

    def _graft(self, value: Plain, source: Path, path: Path, mark: Mark) -> Plain:
        """Repeat what an alias stands for; its parts keep the line where they are written."""
        self._enter(path, self._document.marks.get(source, mark))
        if isinstance(value, dict):
            for key in value:
                self._document.keys[*path, key] = self._document.keys[*source, key]
            return {
                key: self._graft(inner, (*source, key), (*path, key), mark)
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [
                self._graft(inner, (*source, place), (*path, place), mark)
                for place, inner in enumerate(value)
            ]
        return value

    def _enter(self, path: Path, mark: Mark) -> None:
        """Note where a value stands; refuse what no roster needs and only an attack has."""
        self._nodes += 1
        if len(path) > MAX_DEPTH:
            raise _Refused(mark, f"嵌套超过 {MAX_DEPTH} 层，请检查括号和缩进")
        if self._nodes > MAX_NODES:
            raise _Refused(mark, f"展开后超过 {MAX_NODES} 项，请检查“&”“*”引用")
        self._document.marks[path] = mark


def _mark(event: yaml.Event) -> Mark:
    mark = event.start_mark
    return Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)


def _duplicate(file: str, path: Path, mark: Mark, first: int) -> Problem:
    message = f"这个键写了两次（第{first}行已有），请删去一处"
    return Problem("error", file, mark.line, show_path(path), None, "duplicate-key", message)
