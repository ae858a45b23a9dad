"""Write the reference at the end of docs/weekly-report.md: every variable that a template has.

Usage: python tools/make_template_docs.py
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

import template_meanings as meanings
from duzhan import model
from duzhan.compliance import (
    breakdown,
    duty_streaks,
    flow,
    forecast,
    issue_list,
    points,
    quality,
    rechecks,
    results,
    waiting_claims,
    week_report,
)
from duzhan.report.pages import page as document
from duzhan.report.weekly import context, tables
from duzhan.requirements import results as judged

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = Path(__file__).parent.parent / "docs" / "weekly-report.md"
MARK = "<!-- 以下由 python tools/make_template_docs.py 生成，请不要手改 -->"

_MODULES = (
    week_report, results, judged, flow, breakdown, duty_streaks, waiting_claims, issue_list,
    forecast, quality, rechecks, points, model, context, tables, document,
)  # fmt: skip


def classes() -> dict[str, type]:
    """The results' classes that templates meet, by name, in the order of the reference."""
    return {
        name: next(getattr(module, name) for module in _MODULES if hasattr(module, name))
        for name in meanings.ATTRIBUTES
    }


def attributes(kind: type) -> list[str]:
    """What a template can ask an object for: fields, then what follows from them."""
    fields = [field.name for field in dataclasses.fields(kind)]
    derived = [name for name, value in vars(kind).items() if isinstance(value, property)]
    return fields + derived


def reference() -> str:
    """The generated part of the page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f"{MARK}\n"
    yield "## 变量\n"
    yield from _table("变量", meanings.CONTEXT)
    yield "\n## 过滤器和函数\n"
    yield "写法：`{{ 值|过滤器 }}`、`{{ 函数(…) }}`；Jinja 自带的 join、length、sort 等也可以用。\n"
    yield from _table("名称", {**meanings.FILTERS, **meanings.FUNCTIONS})
    yield "\n## 各类结果\n"
    yield "“没有”的值写出来是“—”，在 `{% if %}` 里为假。"
    for name, (about, told) in meanings.ATTRIBUTES.items():
        yield f"\n### {name}：{about}\n"
        yield from _table("项", {each: told[each] for each in attributes(classes()[name])})


def _table(title: str, told: dict[str, str]) -> Iterator[str]:
    yield f"| {title} | 含义 |"
    yield "|---|---|"
    for name, meaning in told.items():
        yield f"| `{name}` | {meaning.replace('|', chr(92) + '|')} |"


def page() -> str:
    """The whole page: the written part as it stands, the generated part anew."""
    written = TARGET.read_text("utf-8").partition(MARK)[0]
    return written + reference()


if __name__ == "__main__":
    TARGET.write_text(page(), "utf-8")
    print(f"wrote {TARGET}")
