"""The changes of one issue as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzhan.intake.text import shorten
from duzhan.report.pages.page import Page, titled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.model import County
    from duzhan.store.entries import Line

_COMMANDS = {
    "import": "导入",
    "close": "销号",
    "reopen": "退回",
    "amend": "更正",
    "extend": "延期",
    "withdraw": "撤销",
    "record": "记录",
    "evidence": "佐证材料",
}
_WHOLE_FILE = {
    "outside": "台账在 duzhan 之外被改过，改了哪些格没有记录",
    "adopted": "台账改写成规范格式，内容不变",
}


def history_page(
    identifier: str, county: County, lines: Sequence[Line], sample: str | None
) -> Page:
    """List the changes, oldest first.

    Args:
        identifier: 编号 as asked for.
        county: whose issue it is.
        lines: the journal's lines.
        sample: the mark of synthetic data.
    """
    page = titled(f"{county.name} {identifier} 的改动记录", sample)
    if not lines:
        page.line("journal.jsonl 里没有它的改动：清单是直接放进 issues/ 的，或是记录之前就有的。")
    for line in lines:
        page.heading(_when(line))
        for text in _what(line):
            page.line(text, indent=2)
    return page


def _when(line: Line) -> str:
    """When, by which command, by whom."""
    time = line.stamp.time[:19].replace("T", " ")
    parts = [time, _COMMANDS.get(line.stamp.command, "外部改动")]
    if line.entry.by:
        parts.append(line.entry.by)
    return "　".join(parts)


def _what(line: Line) -> list[str]:
    entry = line.entry
    texts = []
    if entry.action in _WHOLE_FILE:
        texts.append(f"{line.file}：{_WHOLE_FILE[entry.action]}")
    if entry.source:
        sheet = f" 工作表“{entry.source.sheet}”" if entry.source.sheet else ""
        texts.append(f"来源：{entry.source.file}{sheet} 第{entry.source.row}行")
    if entry.action == "added":
        texts.append("新增：" + "，".join(f"{c.column} {shorten(c.new)}" for c in entry.changes))
    else:
        texts.extend(
            f"{c.column}：{shorten(c.old) or '空'} → {shorten(c.new) or '空'}"
            for c in entry.changes
        )
    if entry.reason and entry.action not in _WHOLE_FILE:
        texts.append(f"原因：{entry.reason}")
    if line.recovered:
        texts.append("（写入中断，由下一次写入补记）")
    return texts
