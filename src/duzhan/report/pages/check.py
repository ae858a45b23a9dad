"""`duzhan check` for people: one line a problem, errors first, warnings of one kind together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duzhan.report.pages.page import Text, titled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duzhan.model import Problem
    from duzhan.report.pages.page import Page

_NAMED = 5
# Nobody reads a page of more lines than these, of errors or of warnings.
_LISTED = 100_000
_UNJUDGED = (
    "配置（YAML）有错，清单和记录只查了能不能读、有没有表头；改好后再运行 duzhan check，逐行检查。"
)
_KINDS = {
    "no-due-date": "没有整改期限",
    "no-verifier": "有销号日期而没有核验人",
}


@dataclass
class CheckTold:
    """What the page will say, from problems that come one after the other.

    Attributes:
        errors: how many there were; warnings: likewise.
    """

    errors: int = 0
    warnings: int = 0
    _errors: list[Problem] = field(default_factory=list)
    _warnings: list[Problem] = field(default_factory=list)
    _alike: dict[tuple[str, str], _Alike] = field(default_factory=dict)

    def add(self, problem: Problem) -> None:
        """Take one down, in the order of the files."""
        if problem.severity == "error":
            self.errors += 1
            self._keep(problem, self._errors)
            return
        self.warnings += 1
        if problem.code in _KINDS:
            self._alike.setdefault((problem.file, problem.code), _Alike()).add(problem)
        else:
            self._keep(problem, self._warnings)

    def _keep(self, problem: Problem, kept: list[Problem]) -> None:
        if len(kept) < _LISTED:
            kept.append(problem)

    def page(self, sample: str | None, *, judged: bool = True) -> Page:
        """Every error on a line of its own; frequent omissions are summed up by file.

        Args:
            sample: the line that marks synthetic data; None for real data.
            judged: whether the rows of lists and records were judged.
        """
        page = titled(f"检查结果：错误{self.errors}处，提醒{self.warnings}处", sample)
        if self.errors:
            page.heading("错误（改正前按不利于达标的一面处理）")
            for problem in self._errors:
                page.line(Text(problem.place, "red"), f"：{problem.message}")
            _say_more(page, self.errors - len(self._errors))
        if self.warnings:
            page.heading("提醒（不影响判定）")
            for line in self._warning_lines():
                page.line(line)
            summed = sum(alike.count for alike in self._alike.values())
            _say_more(page, self.warnings - len(self._warnings) - summed)
        if not judged:
            page.line(_UNJUDGED)
        if not self.errors + self.warnings:
            page.line("没有发现问题。")
        return page

    def _warning_lines(self) -> Iterator[str]:
        yield from map(str, self._warnings)
        for (file, code), alike in sorted(self._alike.items(), key=lambda kind: kind[0]):
            more = f"等{alike.count}件" if alike.count > _NAMED else ""
            yield f"{file}：{'、'.join(alike.names)}{more}{_KINDS[code]}（逐条见 --json）"


@dataclass
class _Alike:
    """Warnings of one kind in one file: how many, and the names of the first."""

    count: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        self.count += 1
        if len(self.names) < _NAMED:
            self.names.append(problem.id or f"第{problem.line}行")


def _say_more(page: Page, more: int) -> None:
    if more:
        page.line(f"另有{more}处没有列出，逐条见 duzhan check --json。")
