"""`duzhan check` for people: one line a problem, errors first, warnings of one kind together."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from duzhan.report.pages.page import Page, Text, titled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duzhan.model import Problem

_NAMED = 5
_UNJUDGED = (
    "配置（YAML）有错，清单和记录只查了能不能读、有没有表头；改好后再运行 duzhan check，逐行检查。"
)
_KINDS = {
    "no-due-date": "没有整改期限",
    "no-verifier": "有销号日期而没有核验人",
}


def check_page(problems: Sequence[Problem], sample: str | None, *, judged: bool = True) -> Page:
    """Every error on a line of its own; frequent omissions are summed up by file.

    Args:
        problems: in the order of their files.
        sample: the line that marks synthetic data; None for real data.
        judged: whether the rows of lists and records were judged.
    """
    errors = [problem for problem in problems if problem.severity == "error"]
    warnings = [problem for problem in problems if problem.severity != "error"]
    page = titled(f"检查结果：错误{len(errors)}处，提醒{len(warnings)}处", sample)
    if errors:
        page.heading("错误（改正前按不利于达标的一面处理）")
        for problem in errors:
            page.line(Text(problem.place, "red"), f"：{problem.message}")
    if warnings:
        page.heading("提醒（不影响判定）")
        for line in _warnings(warnings):
            page.line(line)
    if not judged:
        page.line(_UNJUDGED)
    if not problems:
        page.line("没有发现问题。")
    return page


def _warnings(warnings: Sequence[Problem]) -> list[str]:
    summed = [w for w in warnings if w.code in _KINDS]
    lines = [str(w) for w in warnings if w.code not in _KINDS]

    def kind(problem: Problem) -> tuple[str, str]:
        return problem.file, problem.code

    for (file, code), group in groupby(sorted(summed, key=kind), key=kind):
        which = [problem.id or f"第{problem.line}行" for problem in group]
        more = f"等{len(which)}件" if len(which) > _NAMED else ""
        lines.append(f"{file}：{'、'.join(which[:_NAMED])}{more}{_KINDS[code]}（逐条见 --json）")
    return lines
