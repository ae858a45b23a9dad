"""What a YAML parser complains of, in words that help: where the slip is and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.dataset.config.document import MAX_DEPTH, Mark

if TYPE_CHECKING:
    import yaml

# A part of the parser's words (of the C parser or of the Python one), and what to say.
_ADVICE = (
    ("found character", "文字不能以这个字符开头，请给整段文字加引号"),
    ("found a tab", "缩进不能用制表符（Tab），请改用空格"),
    ("mapping values are not allowed", "这里不能再有冒号：请检查缩进，文字里含“: ”的要加引号"),
    ("could not find expected ':'", "键后面缺少半角冒号和空格，应写成“键: 值”"),
    ("unexpected end of stream", "引号没有闭合，请补上另一半引号"),
    ("',' or ']'", "方括号没有闭合，或缺少逗号"),
    ("',' or '}'", "花括号没有闭合，或缺少逗号"),
    ("sequence entries are not allowed", "“- ”要另起一行"),
    ("expected '-' indicator", "缩进与上文的“- ”不一致"),
    ("expected key", "缩进与上文不一致，或引号后面还有多余的字"),
    ("expected <block end>", "缩进与上文不一致，或引号后面还有多余的字"),
    ("node content", "这里缺少内容，或多了一个括号、逗号"),
    ("unknown escape character", "双引号里的反斜杠要写成“\\\\”，或改用单引号"),
    ("alphabetic or numeric", "“*”“&”开头的文字请加引号"),
    ("tag", "“!”开头的文字请加引号"),
    ("nesting depth", f"嵌套超过 {MAX_DEPTH} 层，请检查括号和缩进"),
    ("characters are not allowed", "有不可见的控制字符，请删去"),
)
_UNCLOSED = ("could not find expected ':'", "unexpected end of stream", "',' or")


def explain_syntax(error: yaml.YAMLError, text: str) -> tuple[Mark, str]:
    """Say where and why a text is not YAML.

    Args:
        error: what the parser raised.
        text: the file's text.

    Returns:
        The place to look at, and one Chinese clause.
    """
    words = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    mark = _place(error, words, text)
    lines = text.splitlines()
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    before = lines[mark.line - 2] if mark.line > 1 else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return mark, "缩进不能用制表符（Tab），请改用空格"
    if _has_wide_colon(line):
        return mark, "冒号是全角的“：”，键后面应是半角冒号加一个空格，如“name: 值”"
    if _has_wide_colon(before) and "mapping values" in words:
        wide = Mark(mark.line - 1, before.index("：") + 1)
        return wide, "冒号是全角的“：”，键后面应是半角冒号加一个空格，如“name: 值”"
    advice = next((said for part, said in _ADVICE if part in words), None)
    return mark, advice or f"不是 YAML 的写法（{words}），请检查缩进、冒号和引号"


def _place(error: yaml.YAMLError, words: str, text: str) -> Mark:
    """Where to look: what was never closed is mended where it begins."""
    mark = getattr(error, "problem_mark", None)
    if any(part in words for part in _UNCLOSED):
        mark = getattr(error, "context_mark", None) or mark
    if mark is not None:
        return Mark(mark.line + 1, mark.column + 1)
    position = getattr(error, "position", None) or 0
    if isinstance(getattr(error, "character", None), int):
        # The C parser counts bytes here.
        position = len(text.encode()[:position].decode(errors="ignore"))
    start = text.rfind("\n", 0, position) + 1
    return Mark(text.count("\n", 0, position) + 1, position - start + 1)


def _has_wide_colon(line: str) -> bool:
    """Whether a full-width colon stands where YAML wants a half-width one."""
    bare = line.strip().removeprefix("- ")
    key = bare.partition("：")[0]
    return "：" in bare and key.isidentifier() and not bare.startswith(("'", '"'))
