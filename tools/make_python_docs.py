"""Write docs/python.md: the way in from Python, from its docstrings and its tables of columns.

Usage: python tools/make_python_docs.py
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

import duzhan
from duzhan.frames import evidence, paces, tables
from duzhan.frames.opened import OpenedCampaign
from duzhan.frames.opened_week import OpenedWeek

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TARGET = Path(__file__).parent.parent / "docs" / "python.md"

INTRODUCTION = """\
# 从 Python 里用

由 `tools/make_python_docs.py` 从程序的文档生成，请勿手改。
能照着跑的例子在 [python.ipynb](python.ipynb)：另装 altair 和 JupyterLab，在 `docs/` 里打开。

```python
import altair as alt  # 只有画图才要，另装：pip install altair

import duzhan

c = duzhan.open("督战数据", as_of="2021-06-25")  # 不写目录就照命令的办法找；不写日期就是今天
c.status()  # 一个县（市）一行
alt.Chart(c.trend()).mark_line().encode(x="day:T", y="rate", color="county")
c.week("2021-W25").to_markdown()
c.import_(["富宁县.xlsx"], dry_run=True)
```

- 与命令是同一套函数，数字相同；命令不载入 pandas，这里才载入。
- `import duzhan` 只载入它自己，不改动别的库。
- 不写日期就是今天，今天不在行动期内的取最近的一天，并提醒一句。
- 列名用英文或中文（`labels="zh"`，灯、状态、判定的取值也随之用中文）；
  日期、类别、是否、整数各有类型，都可以为空。
- 分数给出分子、分母，旁边另有一个小数供画图；是否达标看 `verdict`，不要拿小数去比。
- 出错时抛出 `duzhan.errors.DuzhanError`（用法不对是其中的 `UsageError`），
  文字就是命令报的那一行。
- 每张表的 `attrs` 写明截至哪天（`as_of`），示例数据还有一行说明（`notice`）。
"""


def document() -> str:
    """The whole page."""
    parts = [INTRODUCTION, *_callable("duzhan.open", duzhan.open)]
    parts += ["## OpenedCampaign\n", _doc(OpenedCampaign)]
    parts += [text for name, method in _public(OpenedCampaign) for text in _method(name, method)]
    parts += ["## OpenedWeek\n", _doc(OpenedWeek)]
    for name, method in _public(OpenedWeek):
        parts += _callable(f"OpenedWeek.{name}", method, level=3)
    return "\n".join(parts)


def _public(kind: type) -> Iterator[tuple[str, Callable[..., object]]]:
    for name, method in vars(kind).items():
        if not name.startswith("_") and inspect.isfunction(method):
            yield name, method


def _method(name: str, method: Callable[..., object]) -> Iterator[str]:
    yield from _callable(name, method, level=3)
    known = {**vars(evidence), **vars(paces), **vars(tables)}
    columns = known.get({"overdue": "ISSUES"}.get(name, name.upper()))
    if columns is not None:
        yield "| 英文 | 中文 | 类型 |\n|---|---|---|"
        yield "\n".join(f"| `{c.name}` | {c.label} | {c.kind.value} |" for c in columns) + "\n"


def _callable(name: str, made: Callable[..., object], level: int = 2) -> Iterator[str]:
    signature = str(inspect.signature(made)).replace("(self, ", "(").replace("(self)", "()")
    signature = re.sub(r"(: |-> )'([^']*)'", r"\1\2", signature)
    yield f"{'#' * level} {name}\n"
    yield f"```python\n{name}{signature}\n```\n"
    yield _doc(made)


def _doc(made: object) -> str:
    text = (inspect.getdoc(made) or "").strip()
    return f"```text\n{text}\n```\n"


if __name__ == "__main__":
    TARGET.write_text(document(), "utf-8")
